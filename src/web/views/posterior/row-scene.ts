import type { RowPosterior } from "../../engine/posterior/posterior-part.ts";
import type { Projection } from "./projection.ts";
import { boundsOf, boxLabels, drawBox, ticks } from "./space/axes.ts";
import { ellipsoid, type Gaussian3 } from "./space/ellipsoid.ts";
import { SceneBuilder, type Scene } from "./space/scene.ts";
import type { StageContent } from "./space/stage.ts";
import { drawChains } from "./space/chains.ts";
import type { Point } from "./space/view.ts";

/** What can be shown of a row's posterior; the page's legend. */
export const layers = {
  chains: "chains, step by step",
  draws: "draws",
  encoder: "the encoder's Gaussian",
  start: "where chains start",
  prior: "the prior",
} as const;
export type LayerName = keyof typeof layers;

/** More draws than this are thinned in the picture: a screen shows no more. */
const mostDraws = 4000;

/** The scene of a row's posterior and what stands at its axes. */
export function rowScene(posterior: RowPosterior, projection: Projection, shown: ReadonlySet<LayerName>): { scene: Scene; labels: StageContent["labels"] } {
  const { encoder, inflation, layers: sizes, hmc, start, names } = posterior;
  const dim = names.length;
  const builder = new SceneBuilder();
  const all = (values: Float32Array, every = 1): Point[] => Array.from({ length: Math.floor(values.length / dim / every) }, (_, n) => projection.place(values, every * n * dim));
  const cloudOf = hmc?.draws ?? start;
  const draws = shown.has("draws") ? all(cloudOf, Math.ceil(cloudOf.length / dim / mostDraws)) : [];
  const perLatent = sizes.flatMap((size, layer) => new Array<number>(size).fill(inflation[layer]));
  const gaussians: { name: LayerName; colour: string; opacity: number; gaussian: Gaussian3 }[] = [
    { name: "prior", colour: "--prior", opacity: 0.5, gaussian: projection.gaussian(new Float64Array(dim), new Float64Array(dim).fill(1)) },
    { name: "start", colour: "--start", opacity: 0.55, gaussian: projection.gaussian(encoder.mean, encoder.standardDeviation.map((sd, i) => sd * perLatent[i])) },
    { name: "encoder", colour: "--encoder", opacity: 0.75, gaussian: projection.gaussian(encoder.mean, encoder.standardDeviation) },
  ];
  const surfaces = gaussians
    .filter(({ name }) => shown.has(name))
    .flatMap(({ colour, opacity, gaussian }) => [1, 2].map((deviations) => ({ colour, opacity: opacity / deviations, circles: ellipsoid(gaussian, deviations) })));
  const ways = hmc && shown.has("chains") ? all(hmc.paths.positions) : [];
  const bounds = boundsOf([...draws, ...ways, ...surfaces.flatMap(({ circles }) => circles.flat())]);
  const marks = bounds.map((range) => ticks(range, 4));

  drawBox(builder, bounds, marks);
  for (const { colour, opacity, circles } of surfaces) {
    const style = builder.style({ colour, opacity, size: 1 });
    for (const circle of circles) builder.chain(style, circle);
  }
  const cloud = builder.style({ colour: "--draw", opacity: draws.length > 1500 ? 0.35 : 0.5, size: 3.5 });
  for (const at of draws) builder.point(cloud, at);
  if (hmc && shown.has("chains")) drawChains(builder, hmc.paths, (values, first) => projection.place(values, first));
  return { scene: builder.build(bounds, hmc?.paths.transitions ?? 0), labels: (screen) => boxLabels(bounds, marks, projection.titles, screen) };
}
