import type { CurvePoint } from "../../engine/training/curve-buffer.ts";
import { Chart, type Plot } from "../../parts/chart.tsx";
import { HeldBackCurve } from "../verdict/held-back-curve.tsx";

interface Panel {
  title: string;
  stage: CurvePoint["stage"];
  metrics: readonly string[];
  yLabel: string;
}

const panels: readonly Panel[] = [
  { title: "Marginal VAEs, trained three times", stage: "marginal", metrics: ["elbo"], yLabel: "bound, nats" },
  { title: "ELBO", stage: "elbo", metrics: ["elbo"], yLabel: "nats per row" },
  { title: "HMC objective", stage: "hmc", metrics: ["objective"], yLabel: "nats per row" },
  { title: "Acceptance", stage: "hmc", metrics: ["acceptance"], yLabel: "share" },
  { title: "Mean step size", stage: "hmc", metrics: ["stepSize"], yLabel: "step" },
  { title: "Completion network", stage: "completion", metrics: ["bound"], yLabel: "nats per row" },
  { title: "Inflation", stage: "hmc", metrics: ["inflation_1", "inflation_2"], yLabel: "factor" },
];

/** More points than this are thinned: a screen shows no more. */
const mostPoints = 400;

interface CurvesProps {
  points: readonly CurvePoint[];
  /** Whether they are of the training that runs, and whether one of its stages looks at rows held back. */
  live?: boolean;
  measures?: boolean;
}

/** What the stages measure, as it comes. */
export function Curves({ points, live = false, measures = false }: CurvesProps) {
  const heldBack = points.flatMap(({ seconds, metrics }): [number, number][] => (seconds !== undefined && metrics.heldBack !== undefined ? [[seconds, metrics.heldBack]] : []));
  return (
    <section>
      <h2>How it learns</h2>
      {live && (heldBack.length > 1 ? <HeldBackCurve curve={heldBack} /> : <p class="hint">{measures ? "The error on rows held back will be drawn here, once it is measured." : "This model measures no error on rows while it learns; it is checked on rows held back at the end."}</p>)}
      <details>
        <summary>All curves, for experts</summary>
        <div class="panels">
          {panels.map((panel) => (
            <CurvePanel key={panel.title} panel={panel} points={points} />
          ))}
        </div>
      </details>
    </section>
  );
}

function CurvePanel({ panel, points }: { panel: Panel; points: readonly CurvePoint[] }) {
  const own = points.filter(({ stage, metrics }) => stage === panel.stage && panel.metrics.some((name) => metrics[name] !== undefined));
  if (own.length === 0) return null;
  const [name] = panel.metrics;
  const values = numbered(own);
  const shown = thinned(values.map(({ x, metrics }) => ({ x, y: metrics[name] })));
  const last = shown.at(-1)!;
  return (
    <figure>
      <figcaption>
        {panel.title} <output>{Number(last.y.toPrecision(4))}</output>
      </figcaption>
      <Chart label={`${panel.title} by step; now ${last.y.toPrecision(4)}`} height={150} of={[shown.length, last.x, last.y]} draw={(plot, width) => lines(plot, width, shown, panel.yLabel)} />
    </figure>
  );
}

/** Steps counted through where a stage counts several trainings from 0. */
function numbered(points: readonly CurvePoint[]): { x: number; metrics: CurvePoint["metrics"] }[] {
  let before = 0;
  let offset = 0;
  return points.map(({ step, metrics }) => {
    if (step < before) offset += before;
    before = step;
    return { x: offset + step, metrics };
  });
}

/** Means of neighbours, so that no more than `mostPoints` are drawn. */
function thinned(points: readonly { x: number; y: number }[]): { x: number; y: number }[] {
  const size = Math.ceil(points.length / mostPoints);
  if (size <= 1) return [...points];
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const group = points.slice(i * size, (i + 1) * size);
    return { x: group.at(-1)!.x, y: group.reduce((total, { y }) => total + y, 0) / group.length };
  });
}

function lines(plot: Plot, width: number, points: readonly { x: number; y: number }[], yLabel: string) {
  // the first steps fall so steeply that nothing else would be seen
  const sorted = points.map(({ y }) => y).sort((a, b) => a - b);
  const low = sorted[Math.floor(0.02 * sorted.length)];
  const high = sorted.at(-1)!;
  const pad = high > low ? 0.06 * (high - low) : Math.max(1e-6, Math.abs(high)) * 0.05;
  return plot.plot({
    width,
    height: 150,
    className: "plot",
    marginLeft: 56,
    marginBottom: 30,
    x: { label: "step", labelArrow: "none", ticks: 4, tickFormat: (step: number) => (Number.isInteger(step) ? String(step) : "") },
    y: { label: yLabel, labelArrow: "none", ticks: 4, grid: true, domain: [low - pad, high + pad], clamp: true },
    marks: [...(points.length < 10 ? [plot.dot(points, { x: "x", y: "y", fill: "var(--accent)", r: 2.5 })] : []), plot.lineY(points, { x: "x", y: "y", stroke: "var(--accent)", strokeWidth: 1.6 })],
  });
}
