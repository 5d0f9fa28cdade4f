/**
 * The sliced kernelised Stein discrepancy of one row in float64, term by term as the formula stands. a, scores [n][K],
 * slices [K][K]; `bandwidths` (squared, per dimension) replaces the median where central differences need it constant.
 */
export function hostSksd(a: number[][], scores: number[][], slices: number[][], bandwidths = medianBandwidths(a, slices)): number {
  const n = a.length;
  let total = 0;
  slices.forEach((g, j) => {
    const s = g[j];
    const p = a.map((x) => dot(g, x));
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) {
        const c = bandwidths[j];
        const d = p[i] - p[k];
        const kernel = Math.exp((-d * d) / c);
        const d1 = (-2 * d * kernel) / c;
        const d2 = (2 * d * kernel) / c;
        const d1d2 = (2 / c) * kernel - ((4 * d * d) / (c * c)) * kernel;
        total += scores[i][j] * scores[k][j] * kernel + s * (scores[i][j] * d2 + scores[k][j] * d1) + s * s * d1d2;
      }
    }
  });
  return total / (n * n);
}

/** b^2 + 1e-9 per dimension, the median by sorting all squared distances. */
export function medianBandwidths(a: number[][], slices: number[][]): number[] {
  const n = a.length;
  return slices.map((g) => {
    const p = a.map((x) => dot(g, x));
    const squares = p.flatMap((x, i) => p.slice(i).map((y) => (x - y) ** 2)).sort((x, y) => y - x);
    const b = 2 * Math.sqrt(squares[Math.floor((n * (n + 1)) / 4 + 1) - 1] / 2);
    return b * b + 1e-9;
  });
}

function dot(a: number[], b: number[]): number {
  return a.reduce((total, v, i) => total + v * b[i], 0);
}
