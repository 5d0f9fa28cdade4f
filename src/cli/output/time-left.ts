/** How long the remaining pieces of a long run will take, from how long pieces of the same kind took. */
export class TimeLeft {
  private readonly took = new Map<string, { seconds: number; pieces: number }>();
  private readonly open = new Map<string, number>();

  /** Announces a piece that is still to do. */
  expect(kind: string): void {
    this.open.set(kind, (this.open.get(kind) ?? 0) + 1);
  }

  /** A piece is done; without its time it only leaves the list. */
  done(kind: string, seconds?: number): void {
    this.open.set(kind, Math.max(0, (this.open.get(kind) ?? 0) - 1));
    if (seconds === undefined) return;
    const { seconds: before, pieces } = this.took.get(kind) ?? { seconds: 0, pieces: 0 };
    this.took.set(kind, { seconds: before + seconds, pieces: pieces + 1 });
  }

  /** Seconds left; undefined while no piece was timed. A kind not yet seen counts as the mean of the kinds seen. */
  get seconds(): number | undefined {
    const means = [...this.took].map(([kind, { seconds, pieces }]) => [kind, seconds / pieces] as const);
    if (means.length === 0) return undefined;
    const other = means.reduce((total, [, mean]) => total + mean, 0) / means.length;
    const known = new Map(means);
    return [...this.open].reduce((total, [kind, pieces]) => total + pieces * (known.get(kind) ?? other), 0);
  }
}
