import type { Progress, Stage } from "../../../model/index.ts";

/** One measured point of a training curve. */
export interface CurvePoint {
  stage: Stage;
  step: number;
  /** Since the training began; absent in a curve that a model's file holds. */
  seconds?: number;
  metrics: Readonly<Record<string, number>>;
}

/** Points between two news. */
export class CurveBuffer {
  private points: CurvePoint[] = [];

  add({ stage, step, metrics }: Progress, seconds?: number): void {
    this.points.push({ stage, step, metrics, ...(seconds !== undefined && { seconds }) });
  }

  take(): CurvePoint[] {
    const { points } = this;
    this.points = [];
    return points;
  }
}
