import type { Bounds, Point } from "./view.ts";

/** How a line or point looks. Colours are names of custom properties, so that light and dark follow the page. */
export interface Style {
  readonly colour: string;
  readonly opacity: number;
  /** Width of a line or diameter of a point, in CSS pixels. */
  readonly size: number;
  /** What is left of it long after its time, and in how many transitions the rest goes. */
  readonly rest?: number;
  readonly life?: number;
  /** Width of the ring that a point is; default: a disc. */
  readonly ring?: number;
}

/** Something that moves with the animation. */
export interface Runner {
  readonly at: (now: number) => Point;
  readonly style: number;
}

/** What is drawn: line segments and points, with the time at which each appears. */
export interface Scene {
  readonly bounds: Bounds;
  readonly styles: readonly Style[];
  /** Start x, y, z, time; end x, y, z, time; style: nine numbers a segment. Negative times: always there. */
  readonly lines: Float32Array;
  /** x, y, z, time; style: five numbers a point. */
  readonly points: Float32Array;
  readonly runners: readonly Runner[];
  /** Transitions that the animation takes; 0: nothing moves. */
  readonly duration: number;
}

export const lineFloats = 9;
export const pointFloats = 5;
export const mostStyles = 32;
const always = -1;

/** Puts a scene together. Later lines are drawn over earlier ones, points over lines. */
export class SceneBuilder {
  private readonly styles: Style[] = [];
  private readonly lines: number[] = [];
  private readonly points: number[] = [];
  private readonly runners: Runner[] = [];

  style(style: Style): number {
    if (this.styles.length === mostStyles) throw new Error(`[scene] more than ${mostStyles} styles.`);
    return this.styles.push(style) - 1;
  }

  line(style: number, from: Point, to: Point, fromTime = always, toTime = fromTime): void {
    this.lines.push(...from, fromTime, ...to, toTime, style);
  }

  /** Lines from each point to the next. */
  chain(style: number, points: readonly Point[]): void {
    for (let i = 1; i < points.length; i++) this.line(style, points[i - 1], points[i]);
  }

  point(style: number, at: Point, time = always): void {
    this.points.push(...at, time, style);
  }

  runner(style: number, at: Runner["at"]): void {
    this.runners.push({ at, style });
  }

  build(bounds: Bounds, duration = 0): Scene {
    return { bounds, styles: this.styles, lines: Float32Array.from(this.lines), points: Float32Array.from(this.points), runners: this.runners, duration };
  }
}
