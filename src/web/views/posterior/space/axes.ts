import type { SceneBuilder } from "./scene.ts";
import type { Bounds, Point, Range } from "./view.ts";

/** Round numbers in a range, about so many. */
export function ticks([low, high]: Range, count: number): number[] {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(raw));
  // the nearest of 1, 2, 5 and 10, as ratios go
  const step = power * (raw < Math.SQRT2 * power ? 1 : raw < Math.sqrt(10) * power ? 2 : raw < Math.sqrt(50) * power ? 5 : 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Bounds that hold all points, widened a little; a side without extent gets some. */
export function boundsOf(points: Iterable<Point>): Bounds {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const point of points) {
    for (let i = 0; i < 3; i++) {
      low[i] = Math.min(low[i], point[i]);
      high[i] = Math.max(high[i], point[i]);
    }
  }
  if (!low.every(Number.isFinite)) return [[-1, 1], [-1, 1], [-1, 1]];
  const longest = Math.max(...high.map((top, i) => top - low[i]), 1e-3);
  return low.map((bottom, i) => {
    const middle = (bottom + high[i]) / 2;
    const half = Math.max((high[i] - bottom) / 2, 1e-3 * longest) * 1.05;
    return [middle - half, middle + half] as const;
  }) as unknown as Bounds;
}

const edgesOfBox = [
  [0, 1], [2, 3], [4, 5], [6, 7],
  [0, 2], [1, 3], [4, 6], [5, 7],
  [0, 4], [1, 5], [2, 6], [3, 7],
] as const;

/** A box about the scene with a grid on its floor. */
export function drawBox(builder: SceneBuilder, bounds: Bounds, marks: readonly (readonly number[])[]): void {
  const edge = builder.style({ colour: "--muted", opacity: 0.35, size: 1 });
  const grid = builder.style({ colour: "--muted", opacity: 0.18, size: 1 });
  const [x, y, z] = bounds;
  const corner = (i: number): Point => [x[i & 1], y[(i >> 1) & 1], z[(i >> 2) & 1]];
  for (const at of marks[0]) builder.line(grid, [at, y[0], z[0]], [at, y[1], z[0]]);
  for (const at of marks[1]) builder.line(grid, [x[0], at, z[0]], [x[1], at, z[0]]);
  for (const [from, to] of edgesOfBox) builder.line(edge, corner(from), corner(to));
}

/** A place on the screen, in pixels. */
interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Where a point is on the screen; undefined behind the eye. */
export type Screen = (point: Point) => Spot | undefined;

/** A label at a place on the screen. */
export interface Label extends Spot {
  readonly text: string;
  readonly kind: "tick" | "title";
  /** Which part of the text is there; default: its middle. */
  readonly anchor?: "start" | "end";
}

/** Pixels from an edge to its numbers and to its title. */
const [tickAway, titleAway] = [14, 34];

/** The axes' numbers and titles beside those edges of the box that lie free for this eye: the lowest of the floor, the leftmost upright one. */
export function boxLabels(bounds: Bounds, marks: readonly (readonly number[])[], titles: readonly string[], screen: Screen): Label[] {
  const [x, y, z] = bounds;
  const middle = (range: Range): number => (range[0] + range[1]) / 2;
  const spot = (point: Point): Spot => screen(point) ?? { x: -1000, y: -1000 };
  /** Labels of a floor edge: beside it, away from the edge opposite. */
  const floor = (axis: 0 | 1, place: (value: number, other: number) => Point, across: Range, values: readonly number[]): Label[] => {
    const centre = middle(bounds[axis]);
    const [near, far] = [...across].sort((a, b) => spot(place(centre, b)).y - spot(place(centre, a)).y);
    const out = direction(spot(place(centre, far)), spot(place(centre, near)));
    const beside = (value: number, away: number): Spot => moved(spot(place(value, near)), out, away);
    return [...values.map((value): Label => ({ ...beside(value, tickAway), text: number(value), kind: "tick" })), { ...beside(centre, titleAway), text: titles[axis], kind: "title", anchor: Math.abs(out.x) < 0.2 ? undefined : out.x < 0 ? "end" : "start" }];
  };
  const corners = [0, 1, 2, 3].map((i): [number, number] => [x[i & 1], y[i >> 1]]);
  const [upright] = corners.sort((a, b) => spot([...a, middle(z)]).x - spot([...b, middle(z)]).x);
  return [
    ...floor(0, (value, other) => [value, other, z[0]], y, marks[0]),
    ...floor(1, (value, other) => [other, value, z[0]], x, marks[1]),
    ...marks[2].map((value): Label => ({ ...moved(spot([...upright, value]), { x: -1, y: 0 }, tickAway), text: number(value), kind: "tick" })),
    { ...moved(spot([...upright, z[1]]), { x: -0.7, y: -1 }, tickAway), text: titles[2], kind: "title", anchor: "start" },
  ];
}

/** The frame of a flat scene with marks inwards. */
export function drawFrame(builder: SceneBuilder, [x, y]: Bounds, marks: readonly (readonly number[])[]): void {
  const edge = builder.style({ colour: "--muted", opacity: 0.5, size: 1 });
  builder.chain(edge, [[x[0], y[0], 0], [x[1], y[0], 0], [x[1], y[1], 0], [x[0], y[1], 0], [x[0], y[0], 0]]);
  const length = 0.012 * Math.max(x[1] - x[0], y[1] - y[0]);
  for (const at of marks[0]) builder.line(edge, [at, y[0], 0], [at, y[0] + length, 0]);
  for (const at of marks[1]) builder.line(edge, [x[0], at, 0], [x[0] + length, at, 0]);
}

/** The numbers below and to the left of a flat scene. */
export function frameLabels([x, y]: Bounds, marks: readonly (readonly number[])[], screen: Screen): Label[] {
  const below = marks[0].map((value) => ({ value, at: screen([value, y[0], 0]), out: { x: 0, y: 1 } }));
  const beside = marks[1].map((value) => ({ value, at: screen([x[0], value, 0]), out: { x: -1, y: 0 } }));
  return [...below, ...beside].flatMap(({ value, at, out }): Label[] => (at ? [{ ...moved(at, out, 12), text: number(value), kind: "tick" }] : []));
}

function direction(from: Spot, to: Spot): Spot {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return length > 1e-6 ? { x: (to.x - from.x) / length, y: (to.y - from.y) / length } : { x: 0, y: 1 };
}

function moved(from: Spot, way: Spot, pixels: number): Spot {
  return { x: from.x + pixels * way.x, y: from.y + pixels * way.y };
}

function number(value: number): string {
  return String(value).replace("-", "−");
}
