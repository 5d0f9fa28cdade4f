/** A mean of what is added to it. */
export class Mean {
  private total = 0;
  private weight = 0;

  add(value: number, weight = 1): void {
    this.total += value * weight;
    this.weight += weight;
  }

  /** NaN if nothing was added. */
  get value(): number {
    return this.total / this.weight;
  }
}
