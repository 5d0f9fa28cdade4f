/** Replaces re + i im by its discrete Fourier transform, sum_t x_t exp(-2 pi i k t / n); the length n is a power of two. */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  if (n !== im.length || (n & (n - 1)) !== 0) throw new RangeError(`[fft] expected two arrays of one power-of-two length, got ${n} and ${im.length}.`);
  for (let i = 1, j = 0; i < n; i++) {
    // j is i with its bits reversed: add one from the left.
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let half = 1; half < n; half *= 2) {
    for (let k = 0; k < half; k++) {
      const cosine = Math.cos((Math.PI * k) / half);
      const sine = -Math.sin((Math.PI * k) / half);
      for (let even = k; even < n; even += 2 * half) {
        const odd = even + half;
        const oddRe = re[odd] * cosine - im[odd] * sine;
        const oddIm = re[odd] * sine + im[odd] * cosine;
        re[odd] = re[even] - oddRe;
        im[odd] = im[even] - oddIm;
        re[even] += oddRe;
        im[even] += oddIm;
      }
    }
  }
}

/** Autocovariance at lags 0..n-1 with divisor n: 1/n sum_t (x_t - mean)(x_{t+lag} - mean). */
export function autocovariance(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  if (n === 0) return new Float64Array(0);
  let centre = 0;
  for (let i = 0; i < n; i++) centre += values[i] / n;
  // Padded to twice the length, so that the circular correlation does not wrap.
  const re = new Float64Array(2 ** Math.ceil(Math.log2(2 * n)));
  const im = new Float64Array(re.length);
  for (let i = 0; i < n; i++) re[i] = values[i] - centre;
  fft(re, im);
  for (let k = 0; k < re.length; k++) {
    re[k] = re[k] ** 2 + im[k] ** 2;
    im[k] = 0;
  }
  // The power spectrum is real and even, so the forward transform is the inverse one times the length.
  fft(re, im);
  return re.slice(0, n).map((value) => value / (re.length * n));
}
