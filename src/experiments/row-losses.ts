import type { AcquisitionRecord } from "./acquire-rows.ts";

/** The loss of every row after each number of values, averaged over rounds of the same rows. */
export class RowLosses implements AcquisitionRecord {
  /** [rows][steps + 1] */
  private readonly losses: Float64Array[] = [];
  private first = 0;
  private next = 0;

  constructor(
    private readonly steps: number,
    private readonly rounds: number,
  ) {}

  get rows(): number {
    return this.losses.length;
  }

  /** The same rows begin again, in the same order. */
  startRound(): void {
    this.next = 0;
  }

  addRows(rows: number): void {
    this.first = this.next;
    this.next += rows;
    while (this.losses.length < this.next) this.losses.push(new Float64Array(this.steps + 1));
  }

  addStep(step: number, row: number, loss: number): void {
    this.losses[this.first + row][step] += loss / this.rounds;
  }

  addAcquired(): void {}

  /** Mean loss over rows by the number of values, without one row if given; `root`: its square root. */
  curve(root: boolean, without?: number): number[] {
    const own = this.losses.filter((_, row) => row !== without);
    return Array.from({ length: this.steps + 1 }, (_, step) => {
      const mean = own.reduce((total, losses) => total + losses[step], 0) / own.length;
      return root ? Math.sqrt(mean) : mean;
    });
  }
}
