import type { Predicted } from "../../engine/ask/ask-state.ts";
import type { CellPosterior } from "../../engine/filled/filled-cell.ts";
import { Chart } from "../../parts/chart.tsx";
import { readCell } from "../../../data/cells/format.ts";
import { percent, valueText } from "../../parts/numbers.ts";
import { densities, intervals, probabilities, shares, type Continuous, type Discrete, type Moment } from "./target-charts.ts";
import { beliefInWords, byProbability, posteriorInWords } from "./words.ts";

interface Props {
  history: readonly { step: Predicted["step"]; posterior: CellPosterior }[];
  /** What the table says, if it is to be shown. */
  truth: string | undefined;
}

/** One target: what is believed now, before the last step and at the start. */
export function TargetPanel({ history, truth }: Props) {
  const now = history.at(-1)!.posterior;
  const before = history.at(-2)?.posterior;
  const more = history.length > 1;
  const said = truth === undefined ? "" : ` The table says ${truth}.`;
  return (
    <div class="target">
      <h2>Prediction of {now.name}</h2>
      <p class="belief">
        <strong>{now.kind === "continuous" ? valueText(now.value, now.format) : now.value}</strong> {now.kind === "continuous" ? rangeText(now) : percent(byProbability(now)[0].probability)}
      </p>
      {before && <p class="hint">Before the last step: {beliefInWords(before)}.</p>}
      {said && <p class="truth">{said}</p>}
      {now.kind === "continuous" ? <ContinuousCharts moments={history as Moment<Continuous>[]} truth={truth} /> : <DiscreteCharts moments={history as Moment<Discrete>[]} truth={truth} />}
      {more && <HistoryTable history={history} />}
    </div>
  );
}

function rangeText({ lower, upper, interval, format }: Continuous): string {
  return `${Number((100 * interval).toPrecision(3))} % between ${valueText(lower, format)} and ${valueText(upper, format)}`;
}

function ContinuousCharts({ moments, truth }: { moments: readonly Moment<Continuous>[]; truth: string | undefined }) {
  const now = moments.at(-1)!.posterior;
  const value = truth === undefined ? undefined : readCell(truth, now.format);
  return (
    <>
      <p class="keys">
        <span class="key imputed">now</span>
        {moments.length > 2 && <span class="key before">before</span>}
        {moments.length > 1 && <span class="key start">at the start</span>}
      </p>
      <Chart label={`Density of ${posteriorInWords(now)}`} height={200} of={[moments, value]} draw={(plot, width) => densities(plot, width, moments.map(({ posterior }) => posterior), value)} />
      {moments.length > 1 && (
        <figure>
          <figcaption>After each step</figcaption>
          <Chart label={`The interval of ${now.name} after each step; the table below has the numbers.`} height={170} of={[moments, value]} draw={(plot, width) => intervals(plot, width, moments, value)} />
        </figure>
      )}
    </>
  );
}

function DiscreteCharts({ moments, truth }: { moments: readonly Moment<Discrete>[]; truth: string | undefined }) {
  const now = moments.at(-1)!.posterior;
  return (
    <>
      <p class="keys">
        <span class="key imputed">now</span>
        {moments.length > 1 && <span class="key tick">before the last step</span>}
      </p>
      <Chart label={`Probabilities of ${posteriorInWords(now)}`} height={48 + 24 * Math.min(8, now.levels.length)} of={[moments, truth]} draw={(plot, width) => probabilities(plot, width, now, moments.at(-2)?.posterior, truth)} />
      {moments.length > 1 && (
        <figure>
          <figcaption>After each step</figcaption>
          <Chart label={`Probabilities of ${now.name} after each step; the table below has the numbers.`} height={170} of={[moments]} draw={(plot, width) => shares(plot, width, moments)} />
        </figure>
      )}
    </>
  );
}

function HistoryTable({ history }: Pick<Props, "history">) {
  return (
    <details>
      <summary>Step by step</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="The prediction after each step">
        <table>
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">Prediction</th>
            </tr>
          </thead>
          <tbody>
            {history.map(({ step, posterior }) => (
              <tr>
                <td>{stepInWords(step)}</td>
                <td>{beliefInWords(posterior)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function stepInWords(step: Predicted["step"]): string {
  if (!step) return "start";
  if (step.kind === "answer") return `${step.name} = ${step.text}`;
  return step.kind === "unknown" ? `${step.name} cannot be had` : `${step.name} forgotten`;
}
