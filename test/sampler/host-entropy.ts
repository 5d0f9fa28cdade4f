/** The estimator in float64, written out: third neighbour of the standardised points. */
export function hostEntropy(x: readonly number[], n: number, dim: number): number {
  const column = (d: number): number[] => Array.from({ length: n }, (_, i) => x[i * dim + d]);
  const deviations = Array.from({ length: dim }, (_, d) => {
    const values = column(d);
    const mean = values.reduce((a, b) => a + b) / n;
    return Math.sqrt(values.reduce((total, v) => total + (v - mean) ** 2, 0) / (n - 1));
  });
  const distance = (i: number, j: number): number => Math.hypot(...deviations.map((s, d) => (x[i * dim + d] - x[j * dim + d]) / s));
  let total = 0;
  for (let i = 0; i < n; i++) {
    const sorted = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i).map((j) => distance(i, j)).sort((a, b) => a - b);
    total += Math.log(sorted[2]);
  }
  const harmonic = (m: number): number => Array.from({ length: m }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b, 0);
  // psi(n) - psi(3) = H_{n-1} - H_2; the volume of the unit ball by its recursion
  const ball = (k: number): number => (k === 0 ? 1 : k === 1 ? 2 : ((2 * Math.PI) / k) * ball(k - 2));
  return harmonic(n - 1) - harmonic(2) + Math.log(ball(dim)) + (dim * total) / n + deviations.reduce((sumOf, s) => sumOf + Math.log(s), 0);
}
