/** Eigenvalues in descending order, and the unit eigenvectors in their rows [n, n]. */
interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Eigenvalues and eigenvectors of a small symmetric matrix [n, n], by Jacobi's rotations. Each vector's largest entry is positive. */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
  const size = Math.hypot(...a);
  const offDiagonal = (): number => Math.hypot(...a.filter((_, i) => i % (n + 1) !== 0));
  for (let sweep = 0; sweep < 60 && offDiagonal() > 1e-15 * size; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * (n + 1)] - a[i * (n + 1)]);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    const row = Array.from({ length: n }, (_, i) => v[i * n + from]);
    const largest = row.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
    vectors.set(row.map((x) => (largest < 0 ? -x : x)), to * n);
  });
  return { values: Float64Array.from(order, (i) => a[i * (n + 1)]), vectors };
}

/** a <- J' a J, v <- v J with the rotation J of p and q that makes a_pq zero. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  // tan of the angle, the smaller root of t^2 + 2 t theta - 1 = 0
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let i = 0; i < n; i++) turn(a, i * n + p, i * n + q, c, s);
  for (let i = 0; i < n; i++) turn(a, p * n + i, q * n + i, c, s);
  for (let i = 0; i < n; i++) turn(v, i * n + p, i * n + q, c, s);
}

function turn(x: Float64Array, i: number, j: number, c: number, s: number): void {
  const [xi, xj] = [x[i], x[j]];
  x[i] = c * xi - s * xj;
  x[j] = s * xi + c * xj;
}
