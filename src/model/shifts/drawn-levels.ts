/** Of one row and column: how often each level stands among the draws that completions are taken from. */
export type LevelCounts = readonly number[];

/** Counts levels among all joint draws of rows, for the columns that ask for it. */
export class DrawnLevels {
  private readonly counts = new Map<string, number[]>();

  /** levels: of each column, features before targets, how many levels to count; 0 for columns that are not counted. */
  constructor(
    private readonly levels: readonly number[],
    private readonly features: number,
  ) {}

  /** All draws of a row, coded: [draws, D] and [draws, P]. */
  add(row: number, x: Float32Array, y: Float32Array | undefined): void {
    const targets = this.levels.length - this.features;
    this.levels.forEach((count, column) => {
      if (count === 0) return;
      const [values, at, width] = column < this.features ? [x, column, this.features] : [y!, column - this.features, targets];
      const own = new Array<number>(count).fill(0);
      for (let i = at; i < values.length; i += width) own[values[i]]++;
      this.counts.set(`${row} ${column}`, own);
    });
  }

  of(row: number, column: number): LevelCounts | undefined {
    return this.counts.get(`${row} ${column}`);
  }
}
