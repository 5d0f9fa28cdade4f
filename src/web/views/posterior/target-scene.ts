import type { DensityGrid } from "../../engine/posterior/planar.ts";
import type { ChainPaths } from "../../../sampler/index.ts";
import { drawFrame, frameLabels, ticks } from "./space/axes.ts";
import { drawChains } from "./space/chains.ts";
import { contour, massLevels } from "./space/contours.ts";
import { ellipse } from "./space/ellipsoid.ts";
import { SceneBuilder } from "./space/scene.ts";
import type { StageContent } from "./space/stage.ts";
import { FlatView, type Bounds, type Point } from "./space/view.ts";

/** Regions of highest density that hold these shares of the mass are outlined. */
const shares = [0.99, 0.9, 0.7, 0.5, 0.3, 0.1];
/** Room for the axes' numbers: left, bottom, right, top. */
const margins = [30, 22, 6, 6] as const;

/** Outlines of the regions of highest density, the widest first. */
export function outlines({ window, size, logDensity }: DensityGrid): [Point, Point][][] {
  return massLevels(logDensity, shares).map((level) => contour({ size, window, values: logDensity }, level));
}

export interface TargetDrawing {
  grid: DensityGrid;
  outlines: [Point, Point][][];
  /** The Gaussian that chains start from, inflated or not. */
  start: { mean: readonly number[]; standardDeviation: readonly number[] };
  /** Where chains ended [N, 2]. */
  draws: Float32Array;
  paths?: ChainPaths;
}

/** A target's contours with a sampler's draws and paths, seen from above. */
export function targetContent({ grid, outlines: found, start, draws, paths }: TargetDrawing): StageContent {
  const { window } = grid;
  const bounds: Bounds = [window.x, window.y, [-1, 1]];
  const marks = [ticks(window.x, 5), ticks(window.y, 5)];
  const builder = new SceneBuilder();
  found.forEach((segments, i) => {
    const style = builder.style({ colour: "--muted", opacity: 0.3 + 0.1 * i, size: 1 });
    for (const [from, to] of segments) builder.line(style, from, to);
  });
  drawFrame(builder, bounds, marks);
  const [mx, my] = start.mean;
  const covariance = [start.standardDeviation[0] ** 2, 0, 0, 0, start.standardDeviation[1] ** 2, 0, 0, 0, 0];
  for (const deviations of [1, 2]) {
    const style = builder.style({ colour: "--encoder", opacity: 1 / deviations, size: 1.3 });
    builder.chain(style, ellipse({ mean: [mx, my, 0], covariance }, deviations));
  }
  const cloud = builder.style({ colour: "--draw", opacity: 0.7, size: 4 });
  const place = (values: Float32Array, first: number): Point => [values[first], values[first + 1], 0];
  for (let n = 0; n < draws.length; n += 2) builder.point(cloud, place(draws, n));
  if (paths) drawChains(builder, paths, place, 0.8);
  return {
    scene: builder.build(bounds, paths?.transitions ?? 0),
    view: new FlatView(bounds, margins),
    labels: (screen) => frameLabels(bounds, marks, screen),
  };
}
