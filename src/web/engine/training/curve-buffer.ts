import type { Progress, Stage } from "../../../model/index.ts";

/** One measured point of a training curve. */
export interface CurvePoint {
  stage: Stage;
  step: number;
  metrics: Readonly<Record<string, number>>;
}

/** Points between two news. */
export class CurveBuffer {
  private points: CurvePoint[] = [];

  add({ stage, step, metrics }: Progress): void {
    this.points.push({ stage, step, metrics });
  }

  take(): CurvePoint[] {
    const { points } = this;
    this.points = [];
    return points;
  }
}
