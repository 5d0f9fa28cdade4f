import { coverage, reliability } from "../calibration.ts";
import { draw } from "./draw.ts";
import { figure, grid, htmlTable } from "./page.ts";

/** What was measured at a step of a training. */
export interface CurvePoint {
  stage: string;
  step: number;
  metrics: Readonly<Record<string, number>>;
}

/** A number with four digits at most. */
const short = (value: number): string => String(Number(value.toPrecision(4)));

const curves: readonly { stage: string; metric: string; title: string }[] = [
  { stage: "marginal", metric: "elbo", title: "Marginal VAEs: bound, nats" },
  { stage: "elbo", metric: "elbo", title: "ELBO, nats per row" },
  { stage: "hmc", metric: "objective", title: "HMC objective, nats per row" },
  { stage: "hmc", metric: "acceptance", title: "HMC acceptance" },
  { stage: "hmc", metric: "stepSize", title: "HMC mean step size" },
  { stage: "completion", metric: "bound", title: "Completion network: bound, nats per row" },
  { stage: "ensemble", metric: "bound", title: "Further completion networks: mean bound, nats per row" },
];

/** A curve for each stage and measure that the training has; a stage of several trainings goes on counting. */
export async function trainingCurves(log: readonly CurvePoint[]): Promise<string> {
  const figures: string[] = [];
  for (const { stage, metric, title } of curves) {
    const own = log.filter((point) => point.stage === stage && Number.isFinite(point.metrics[metric]));
    if (own.length < 2) continue;
    let [offset, before] = [0, 0];
    const points = own.map(({ step, metrics }) => {
      if (step < before) offset += before;
      before = step;
      return { x: offset + step, y: metrics[metric] };
    });
    const every = Math.ceil(points.length / 300);
    const shown = points.filter((_, i) => i % every === 0 || i === points.length - 1);
    const sorted = points.map(({ y }) => y).sort((a, b) => a - b);
    // the first steps are far off; what matters is what comes after
    const low = sorted[Math.floor(0.03 * sorted.length)];
    const label = `${title}, by step; at last ${points.at(-1)!.y.toPrecision(4)}`;
    figures.push(figure(title, `at last ${points.at(-1)!.y.toPrecision(4)}`, await draw(label, (Plot) => ({
      x: { label: null, tickFormat: "~s", ticks: 4 }, y: { label: null, domain: [low, sorted.at(-1)!], clamp: true, nice: true, ticks: 4, tickFormat: short }, marginLeft: 58,
      marks: [Plot.gridY({ strokeOpacity: 0.15 }), Plot.lineY(shown, { x: "x", y: "y", stroke: "var(--a)", strokeWidth: 1.5 })],
    }))));
  }
  return grid(figures);
}

/** A column's observed values beside what its holes were filled with: draws, not means. */
export interface Distribution {
  name: string;
  observed: readonly number[];
  imputed: readonly number[];
  /** Of a discrete column, whose values are their indices. */
  levels?: readonly string[];
  /** How its values are written, where not as plain numbers: dates. */
  valueText?: (value: number) => string;
  holes: number;
}

export async function distributions(columns: readonly Distribution[]): Promise<string> {
  const figures: string[] = [];
  for (const column of columns) {
    const caption = `${column.holes} hole${column.holes === 1 ? "" : "s"}`;
    figures.push(figure(column.name, caption, await draw(`${column.name}: observed and imputed values`, (Plot) => (column.levels ? bars(Plot, column, column.levels) : densities(Plot, column)))));
  }
  return `<p class="key"><i style="background:var(--a)"></i>observed<i style="background:var(--b)"></i>imputed</p>${grid(figures)}`;
}

type PlotModule = typeof import("@observablehq/plot");

function bars(Plot: PlotModule, { observed, imputed }: Distribution, levels: readonly string[]): import("@observablehq/plot").PlotOptions {
  const share = (values: readonly number[], level: number): number => values.filter((value) => value === level).length / Math.max(1, values.length);
  const shown = levels.map((name, level) => ({ name: name.length > 10 ? `${name.slice(0, 9)}…` : name, level })).slice(0, 12);
  const data = shown.flatMap(({ name, level }) => [{ name, of: "observed", share: share(observed, level) }, { name, of: "imputed", share: share(imputed, level) }]);
  return {
    fx: { label: null, domain: shown.map(({ name }) => name) }, x: { axis: null, domain: ["observed", "imputed"] }, y: { label: null, ticks: 4, tickFormat: "%" },
    marks: [Plot.barY(data, { fx: "name", x: "of", y: "share", fill: (d: { of: string }) => (d.of === "observed" ? "var(--a)" : "var(--b)") }), Plot.ruleY([0])],
  };
}

function densities(Plot: PlotModule, { observed, imputed, valueText }: Distribution): import("@observablehq/plot").PlotOptions {
  const all = [...observed, ...imputed].sort((a, b) => a - b);
  const [low, high] = [all[Math.floor(0.005 * all.length)], all[Math.ceil(0.995 * all.length) - 1]];
  const bins = 24;
  const width = (high - low) / bins || 1;
  const histogram = (values: readonly number[]): { x1: number; x2: number; share: number }[] => {
    const counts = new Array<number>(bins).fill(0);
    for (const value of values) if (value >= low && value <= high) counts[Math.min(bins - 1, Math.floor((value - low) / width))]++;
    return counts.map((count, b) => ({ x1: low + b * width, x2: low + (b + 1) * width, share: count / Math.max(1, values.length) }));
  };
  return {
    x: { label: null, ...(valueText ? { ticks: 3, tickFormat: valueText } : { ticks: 4, tickFormat: short }) }, y: { label: null, ticks: 3, tickFormat: "%" },
    marks: [
      Plot.rectY(histogram(observed), { x1: "x1", x2: "x2", y: "share", fill: "var(--a)", fillOpacity: 0.55 }),
      Plot.rectY(histogram(imputed), { x1: "x1", x2: "x2", y: "share", fill: "var(--b)", fillOpacity: 0.55 }),
      Plot.ruleY([0]),
    ],
  };
}

/** Nominal against actual coverage of numbers' intervals, and the reliability of levels' probabilities. */
export async function calibration(places: readonly number[], given: readonly { probability: number; happened: boolean }[]): Promise<string> {
  const masses = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  const figures: string[] = [];
  const diagonal = [{ x: 0, y: 0 }, { x: 1, y: 1 }];
  const square = { width: 300, height: 260, x: { label: null, domain: [0, 1], tickFormat: "%", ticks: 5 }, y: { label: null, domain: [0, 1], tickFormat: "%", ticks: 5 } };
  if (places.length > 0) {
    const points = coverage(places, masses).map((share, i) => ({ x: masses[i], y: share }));
    figures.push(figure("Intervals of numbers", `${places.length} hidden cells; across: mass of the interval, up: share of cells inside`, await draw(`intervals hold ${points.map(({ x, y }) => `${Math.round(100 * y)} % at ${Math.round(100 * x)} %`).join(", ")}`, (Plot) => ({
      ...square, marks: [Plot.line(diagonal, { x: "x", y: "y", stroke: "currentColor", strokeOpacity: 0.35, strokeDasharray: "4 3" }), Plot.line(points, { x: "x", y: "y", stroke: "var(--a)" }), Plot.dot(points, { x: "x", y: "y", fill: "var(--a)", r: 3 })],
    }))));
  }
  if (given.length > 0) {
    const points = reliability(given);
    figures.push(figure("Probabilities of levels", `${given.length} statements; across: probability given, up: share that came true`, await draw(`levels given about ${points.map(({ probability, share }) => `${Math.round(100 * probability)} % came true ${Math.round(100 * share)} %`).join(", ")}`, (Plot) => ({
      ...square, marks: [Plot.line(diagonal, { x: "x", y: "y", stroke: "currentColor", strokeOpacity: 0.35, strokeDasharray: "4 3" }), Plot.line(points, { x: "probability", y: "share", stroke: "var(--b)" }), Plot.dot(points, { x: "probability", y: "share", r: (d: { count: number }) => 2 + Math.min(6, Math.sqrt(d.count) / 3), fill: "var(--b)" })],
    }))));
  }
  const table = places.length === 0 ? "" : htmlTable(["interval", ...masses.map((mass) => `${Math.round(100 * mass)} %`)], [["cells inside", ...coverage(places, masses).map((share) => `${(100 * share).toFixed(1)} %`)]]);
  return `${grid(figures)}${table}`;
}
