import type { TuningReport } from "../../../experiments/sampler-tuning.ts";
import { mean, standardDeviation } from "../../../math/statistics.ts";
import type { TargetPicture } from "../../engine/posterior/posterior-part.ts";
import { Chart, type Plot } from "../../parts/chart.tsx";

interface Props {
  open: TargetPicture;
  tuned: TuningReport | undefined;
  curve: readonly TuningReport[];
}

/** Untuned, tuned and the truth in one table, and what was measured on the way. */
export function TuningNumbers({ open, tuned, curve }: Props) {
  const { truth, untuned } = open;
  const rows: { name: string; of: (report: TuningReport) => number; truth?: number; digits?: number }[] = [
    { name: "log p where chains end, mean", of: ({ logDensity }) => logDensity, truth: truth.expectedLogDensity },
    { name: "divergence from the target, KL (estimated)", of: (report) => -minusKl(report), truth: 0 },
    { name: "SKSD", of: ({ sksd }) => sksd, truth: 0, digits: 3 },
    ...["x", "y"].flatMap((axis, i) => [
      { name: `mean of ${axis}`, of: ({ draws }: TuningReport) => mean(coordinate(draws, i)), truth: truth.mean[i] },
      { name: `deviation of ${axis}`, of: ({ draws }: TuningReport) => standardDeviation(coordinate(draws, i)), truth: truth.standardDeviation[i] },
    ]),
    { name: "acceptance", of: ({ acceptance }) => acceptance, digits: 3 },
    { name: "mean step size", of: ({ stepSizes }) => mean(stepSizes), digits: 3 },
    { name: "inflation of x", of: ({ inflation }) => inflation[0] },
    { name: "inflation of y", of: ({ inflation }) => inflation[1] },
  ];
  const text = (value: number | undefined, digits = 2): string => (value === undefined ? "" : value.toFixed(digits).replace("-", "−"));
  return (
    <section>
      <h2>In numbers</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Untuned, tuned and the truth">
        <table class="tuning">
          <thead>
            <tr>
              <th scope="col">of {untuned.draws.length / 2} chains</th>
              {["untuned", "tuned", "the target"].map((title) => (
                <th scope="col" class="number">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, of, truth: known, digits }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="number">{text(of(untuned), digits)}</td>
                <td class="number">{tuned ? text(of(tuned), digits) : ""}</td>
                <td class="number">{text(known, digits)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="panels">
        <Curve title="Minus the divergence" unit="nats" curve={curve} of={minusKl} best={0} />
        <Curve title="Objective: mean log p" unit="nats" curve={curve} of={({ logDensity }) => logDensity} best={truth.expectedLogDensity} />
        <Curve title="Acceptance" unit="share" curve={curve} of={({ acceptance }) => acceptance} />
        <Curve title="Inflation" unit="factor" curve={curve} of={({ inflation }) => inflation[0]} other={({ inflation }) => inflation[1]} />
        <StepSizes untuned={untuned} tuned={tuned} />
      </div>
      <p class="hint">
        Dashed: what exact draws would give. The divergence is −E log p − H, with the entropy estimated from the draws' neighbours: it is uncertain by about a tenth. Where two lines are drawn, x is solid and y dotted.
      </p>
    </section>
  );
}

/** log p - log q, mean over the chains' ends: at most 0, but for the estimate's noise. */
function minusKl({ logDensity, entropy }: TuningReport): number {
  return logDensity + entropy;
}

function coordinate(draws: Float32Array, i: number): Float32Array {
  return draws.filter((_, at) => at % 2 === i);
}

interface CurveProps {
  title: string;
  unit: string;
  curve: readonly TuningReport[];
  of: (report: TuningReport) => number;
  other?: (report: TuningReport) => number;
  /** What exact draws would give. */
  best?: number;
}

function Curve({ title, unit, curve, of, other, best }: CurveProps) {
  const last = curve.at(-1);
  if (!last) return null;
  const points = curve.map((report) => ({ step: report.step, value: of(report), other: other?.(report) }));
  const draw = (plot: Plot, width: number) =>
    plot.plot({
      width,
      height: 150,
      className: "plot",
      marginLeft: 48,
      marginBottom: 30,
      x: { label: "step", labelArrow: "none", ticks: 4, domain: [0, Math.max(100, last.step)] },
      y: { label: unit, labelArrow: "none", ticks: 4, grid: true },
      marks: [
        ...(best === undefined ? [] : [plot.ruleY([best], { stroke: "var(--text)", strokeDasharray: "4,3" })]),
        ...(other ? [plot.lineY(points, { x: "step", y: "other", stroke: "var(--accent)", strokeWidth: 1.6, strokeDasharray: "2,3" })] : []),
        plot.lineY(points, { x: "step", y: "value", stroke: "var(--accent)", strokeWidth: 1.6 }),
        ...(points.length === 1 ? [plot.dot(points, { x: "step", y: "value", fill: "var(--accent)" })] : []),
      ],
    });
  const now = of(last).toFixed(2).replace("-", "−");
  return (
    <figure>
      <figcaption>
        {title} <output>{now}</output>
      </figcaption>
      <Chart label={`${title} by step; now ${now}`} height={150} of={[curve]} draw={draw} />
    </figure>
  );
}

function StepSizes({ untuned, tuned }: { untuned: TuningReport; tuned: TuningReport | undefined }) {
  const points = (report: TuningReport, name: string) => Array.from(report.stepSizes, (size, i) => ({ transition: Math.floor(i / 2) + 1, size, axis: i % 2, name }));
  const all = [...points(untuned, "untuned"), ...(tuned ? points(tuned, "tuned") : [])];
  const draw = (plot: Plot, width: number) =>
    plot.plot({
      width,
      height: 150,
      className: "plot",
      marginLeft: 48,
      marginBottom: 30,
      x: { label: "transition", labelArrow: "none", ticks: 5, tickFormat: "d" },
      y: { label: "step size", labelArrow: "none", ticks: 4, grid: true, zero: true },
      marks: [0, 1].flatMap((axis) =>
        [["untuned", "var(--muted)"], ["tuned", "var(--accent)"]].map(([name, stroke]) =>
          plot.lineY(all.filter((point) => point.axis === axis && point.name === name), { x: "transition", y: "size", stroke, strokeWidth: 1.6, strokeDasharray: axis === 1 ? "2,3" : undefined }),
        ),
      ),
    });
  return (
    <figure>
      <figcaption>
        Step sizes by transition <output>{mean((tuned ?? untuned).stepSizes).toFixed(3)}</output>
      </figcaption>
      <Chart label={`Step sizes by transition: untuned about ${mean(untuned.stepSizes).toFixed(3)}${tuned ? `, tuned about ${mean(tuned.stepSizes).toFixed(3)}` : ""}`} height={150} of={[untuned, tuned]} draw={draw} />
    </figure>
  );
}
