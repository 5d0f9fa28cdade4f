/**
 * How far counts are from equal ones, as a standard normal number: Pearson's chi^2, by the cube root of Wilson & Hilferty 1931. Above 4 by chance once in 30,000.
 */
export function deviation(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b) / counts.length;
  const k = counts.length - 1;
  const chi2 = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
  return (Math.cbrt(chi2 / k) - (1 - 2 / (9 * k))) / Math.sqrt(2 / (9 * k));
}

/** How many of the numbers lie in each of n parts of [0, 1). */
export function countsIn(numbers: readonly number[], n: number): number[] {
  const counts = new Array<number>(n).fill(0);
  for (const number of numbers) counts[Math.min(n - 1, Math.floor(n * number))]++;
  return counts;
}
