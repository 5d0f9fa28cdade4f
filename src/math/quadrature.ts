/** Gauss and Legendre's rule on [0, 1]: n places in order and weights that sum to 1, exact for polynomials up to degree 2 n - 1. */
export function gaussLegendre(n: number): { places: Float64Array; weights: Float64Array } {
  const [places, weights] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    // roots of P_n by Newton's method
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let [before, value] = [1, x];
      // k P_k = (2 k - 1) x P_(k-1) - (k - 1) P_(k-2)
      for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      if (n === 1) before = 1;
      slope = (n * (x * value - before)) / (x * x - 1);
      const next = x - value / slope;
      const done = Math.abs(next - x) < 1e-15;
      x = next;
      if (done) break;
    }
    places[i] = (1 + x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { places, weights };
}
