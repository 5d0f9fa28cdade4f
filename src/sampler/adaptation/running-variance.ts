/** Mean and variance of vectors that come one after the other, without keeping them. (Welford 1962) */
export class RunningVariance {
  count = 0;
  private readonly mean: Float64Array;
  private readonly squares: Float64Array;

  constructor(private readonly dim: number) {
    this.mean = new Float64Array(dim);
    this.squares = new Float64Array(dim);
  }

  /** Takes vectors stored one after the other. */
  add(vectors: ArrayLike<number>): void {
    for (let at = 0; at < vectors.length; at += this.dim) {
      this.count++;
      for (let i = 0; i < this.dim; i++) {
        const before = vectors[at + i] - this.mean[i];
        this.mean[i] += before / this.count;
        this.squares[i] += before * (vectors[at + i] - this.mean[i]);
      }
    }
  }

  /** Sample variances, drawn a little towards 1e-3 as in Stan, so that few vectors give no zero. */
  regularised(): Float64Array {
    const weight = this.count / (this.count + 5);
    return this.squares.map((total) => (weight * total) / Math.max(1, this.count - 1) + 1e-3 * (1 - weight));
  }
}
