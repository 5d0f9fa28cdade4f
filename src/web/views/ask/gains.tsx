import type { Candidate } from "../../../acquisition/api.ts";
import type { AskState } from "../../engine/ask/ask-state.ts";
import { Chart, type Plot } from "../../parts/chart.tsx";
import { isContinuous } from "../../../data/schema/column.ts";
import { short, spreadText } from "../../parts/numbers.ts";
import { askAbout, costly, inNats, question } from "../../state/asking.ts";
import { model } from "../../state/session.ts";
import { focusAnswer } from "./question.tsx";
import { gainText, gainUnits } from "./words.ts";

/** More bars than this do not help; the table has all. */
const mostBars = 12;
const barHeight = 27;

/** What each missing value is expected to tell, with its error and its cost. */
export function Gains({ state }: { state: AskState }) {
  const { candidates, method } = state;
  if (candidates.length === 0) return null;
  const shown = candidates.slice(0, mostBars);
  const targets = model.value!.targets.map(({ name }) => name).join(", ");
  const perCost = costly.value;
  const last = state.predictions.at(-2);
  const before = last?.method === method && method !== "random" ? new Map(last.gains.map(({ column, gain }) => [column, gain])) : undefined;
  return (
    <section class="gains">
      <h2>What each value would tell</h2>
      <p class="hint">
        {method === "random"
          ? "Values are asked for at random; the bars mean nothing."
          : `Expected ${method === "variance" ? "uncertainty of each value itself" : `information about ${targets}`}${perCost ? ", per unit of cost" : ""}, with its standard error. Choose a bar to answer about it.`}
        {inNats(method) && " 0.69 nats settle one question of yes or no."}
      </p>
      <Chart
        label={`Bars: ${shown.slice(0, 5).map((candidate) => `${candidate.name} ${gainText(candidate)}`).join(", ")} ${gainUnits[method]}. The table below has all.`}
        height={48 + barHeight * shown.length}
        of={[state, question.value?.column, perCost]}
        draw={(plot, width) => bars(plot, width, shown, { unit: `${gainUnits[method]}${perCost ? " per unit of cost" : ""}`, perCost, chosen: question.value?.column, before })}
      />
      {before && (
        <p class="keys">
          <span class="key tick muted">before the last step</span>
        </p>
      )}
      {candidates.length > mostBars && <p class="hint">The best {mostBars} of {candidates.length}.</p>}
      <details>
        <summary>As a table</summary>
        <CandidateTable state={state} />
      </details>
    </section>
  );
}

interface BarOptions {
  unit: string;
  perCost: boolean;
  chosen?: number;
  /** Gains before the last step, by column. */
  before?: ReadonlyMap<number, number>;
}

function bars(plot: Plot, width: number, candidates: readonly Candidate[], { unit, perCost, chosen, before }: BarOptions) {
  const scale = (candidate: Candidate): number => (perCost ? 1 / candidate.cost : 1);
  const data = candidates.map((candidate) => {
    const value = Math.max(0, candidate.gain) * scale(candidate);
    const error = Number.isNaN(candidate.standardError) ? 0 : candidate.standardError * scale(candidate);
    const was = before?.get(candidate.column);
    return { was: was === undefined ? Number.NaN : Math.max(0, was) * scale(candidate), column: candidate.column, name: candidate.name, value, error, low: Math.max(0, value - error), high: value + error, text: perCost ? `cost ${short(candidate.cost)}` : "" };
  });
  const margin = Math.min(170, Math.round(0.36 * width));
  const most = Math.max(1e-9, ...data.map(({ high, was }) => Math.max(high, was || 0)));
  const drawing = plot.plot({
    width,
    height: 48 + barHeight * data.length,
    className: "plot",
    marginLeft: margin,
    marginTop: 6,
    marginBottom: 42,
    marginRight: perCost ? 64 : 12,
    x: { label: unit, labelArrow: "none", labelAnchor: "center", labelOffset: 34, domain: [0, most], ticks: Math.min(5, Math.max(2, Math.floor((width - margin) / 75))), grid: true },
    y: { label: null, domain: data.map(({ name }) => name), tickSize: 0, tickFormat: (name: string) => fitted(name, margin - 12), padding: 0.3 },
    marks: [
      plot.barX(data, { y: "name", x: "value", fill: (bar: (typeof data)[number]) => (bar.column === chosen ? "var(--second)" : "var(--accent)"), fillOpacity: 0.75 }),
      plot.tickX(data.filter(({ was }) => !Number.isNaN(was)), { y: "name", x: "was", stroke: "var(--muted)", strokeWidth: 2.5 }),
      plot.link(data.filter(({ error }) => error > 0), { y: "name", x1: "low", x2: "high", stroke: "var(--text)", strokeWidth: 1.6 }),
      ...(perCost ? [plot.text(data, { y: "name", text: "text", frameAnchor: "right", dx: 8, textAnchor: "start", fill: "var(--muted)" })] : []),
      plot.ruleX([0]),
    ],
  });
  // with a mouse a bar is chosen directly; the list and the table do the same by keyboard
  drawing.classList.add("choosable");
  drawing.addEventListener("click", (event) => {
    const bar = data[Math.floor(((event as MouseEvent).clientY - drawing.getBoundingClientRect().top - 6) / barHeight)];
    if (bar) choose(bar.column);
  });
  return drawing;
}

function choose(column: number): void {
  askAbout(column);
  focusAnswer();
}

/** A name that fits into so many pixels, at about 7 a character. */
function fitted(name: string, pixels: number): string {
  const most = Math.max(4, Math.floor(pixels / 7));
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

function CandidateTable({ state: { candidates, method, width } }: { state: AskState }) {
  const narrows = width !== undefined;
  const format = model.value!.targets.find(({ type }) => isContinuous(type))?.format;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="What each value would tell, as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Value</th>
            <th scope="col">{gainUnits[method]}</th>
            <th scope="col">± error</th>
            <th scope="col">Cost</th>
            <th scope="col">Per cost</th>
            {narrows && <th scope="col">Interval then (now {spreadText(width, format)})</th>}
          </tr>
        </thead>
        <tbody>
          {candidates.map(({ column, name, gain, standardError, cost, gainPerCost, expectedWidth }) => (
            <tr key={column}>
              <th scope="row">
                <button type="button" class="link" aria-label={`Answer about ${name}`} onClick={() => choose(column)}>
                  {name}
                </button>
              </th>
              <td>{Math.max(0, gain).toFixed(3)}</td>
              <td>{Number.isNaN(standardError) ? "" : standardError.toFixed(3)}</td>
              <td>{short(cost)}</td>
              <td>{Math.max(0, gainPerCost).toFixed(3)}</td>
              {narrows && <td>{expectedWidth === undefined ? "" : spreadText(expectedWidth, format)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
