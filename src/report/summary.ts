/** Mean of some values and its standard error, sd / sqrt(n); the error is NaN for fewer than two. */
export function meanAndError(values: readonly number[]): { mean: number; standardError: number } {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n < 2) return { mean, standardError: Number.NaN };
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n) };
}

/** Area under a curve given at steps 0..n, by trapezoids, divided by n: its mean height. A curve of one point has its height. */
export function meanHeight(curve: readonly number[]): number {
  const last = curve.length - 1;
  if (last < 1) return curve[0] ?? Number.NaN;
  const inner = curve.slice(1, -1).reduce((a, b) => a + b, 0);
  return (inner + 0.5 * (curve[0] + curve[last])) / last;
}

/** Mean and standard error of curves of one length, step by step. */
export function meanCurve(curves: readonly (readonly number[])[]): { mean: number[]; standardError: number[] } {
  const steps = Array.from(curves[0] ?? [], (_, i) => meanAndError(curves.map((curve) => curve[i])));
  return { mean: steps.map((step) => step.mean), standardError: steps.map((step) => step.standardError) };
}
