import type { InformationCurve } from "../../../experiments/information-curve.ts";
import { Chart, type Plot } from "../../parts/chart.tsx";
import { Meter } from "../../parts/meter.tsx";
import { short } from "../../parts/numbers.ts";
import { curveSettings, informationCurve, stopTrying, trying, tryRows } from "../../state/curve.ts";
import { hasGpu, model, table } from "../../state/session.ts";

/** Whether the order of the questions is worth anything: error by information against a random order. */
export function CurveSection() {
  const found = informationCurve.value;
  const targets = model.value!.targets.map(({ name }) => name).join(", ");
  return (
    <section id="information-curve">
      <h2>Does the order matter?</h2>
      <p>
        Some rows of {table.value!.name} are taken as if nothing were known of them and get their values back one by one: the most telling first, and in random order. The error of {targets} after each value shows what asking in the right order saves.
      </p>
      {trying.value === undefined ? (
        <CurveForm again={found !== undefined} />
      ) : (
        <>
          <Meter label="Rows tried" share={trying.value} />
          <p class="actions">
            <button type="button" onClick={stopTrying}>
              Stop
            </button>
            <span role="status" class="hint">
              trying … {Math.round(100 * trying.value)} %
            </span>
          </p>
        </>
      )}
      {found && <Result found={found} />}
    </section>
  );
}

function CurveForm({ again }: { again: boolean }) {
  const settings = curveSettings.value;
  const fields = [
    { name: "rows", label: "Rows to try", least: 2, most: 500 },
    { name: "draws", label: "Posterior draws per row", least: 20, most: 2000 },
    { name: "steps", label: "Values per row at most", least: 1, most: 1000 },
    { name: "orders", label: "Random orders to average", least: 1, most: 20 },
    { name: "seed", label: "Seed", least: 0, most: undefined },
  ] as const;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void tryRows();
      }}
    >
      <details>
        <summary>Details</summary>
        <div class="fields">
          {fields.map(({ name, label, least, most }) => (
            <label>
              {label}
              <input
                type="number"
                min={least}
                max={most}
                step={1}
                required
                value={settings[name]}
                onInput={({ currentTarget }) => currentTarget.validity.valid && (curveSettings.value = { ...settings, [name]: currentTarget.valueAsNumber })}
              />
            </label>
          ))}
        </div>
      </details>
      <p class="actions">
        <button type="submit" disabled={!hasGpu.value}>
          {again ? "Try again" : "Try it"}
        </button>
      </p>
      <p class="hint">Rows that the model was trained on flatter it: on new rows its errors are larger. For an honest error, train on one file and open another here; both orders are tried on the same rows either way.</p>
    </form>
  );
}

function Result({ found }: { found: InformationCurve }) {
  const { errorName, rows, byInformation, atRandom, saved } = found;
  const error = Number.isNaN(saved.standardError) ? "" : ` ± ${(100 * saved.standardError).toFixed(0)}`;
  const share = `${Math.abs(100 * saved.share).toFixed(0)}${error} %`;
  const words = `Over ${rows} rows, from nothing known to the last value, the error by information is ${share} ${saved.share >= 0 ? "below" : "above"} that of a random order.`;
  const steps = byInformation.error.map((_, step) => ({ step, mi: byInformation.error[step], miError: byInformation.standardError[step], random: atRandom.error[step], randomError: atRandom.standardError[step] }));
  return (
    <>
      <p>
        <strong>{words}</strong> <span class="hint">(mean height of the curves; the same rows in both orders)</span>
      </p>
      <p class="keys">
        <span class="key imputed">by information</span>
        <span class="key observed">at random</span>
      </p>
      <Chart label={`${errorName} by number of known values. ${words}`} height={260} of={[found]} draw={(plot, width) => drawing(plot, width, found)} />
      <details>
        <summary>As a table</summary>
        <div class="scroll" tabIndex={0} role="region" aria-label="Error by number of known values">
          <table>
            <thead>
              <tr>
                <th scope="col">Values known</th>
                <th scope="col">{errorName} by information</th>
                <th scope="col">at random</th>
              </tr>
            </thead>
            <tbody>
              {steps.map(({ step, mi, miError, random, randomError }) => (
                <tr key={step}>
                  <th scope="row">{step}</th>
                  <td>
                    {short(mi)} ± {short(miError)}
                  </td>
                  <td>
                    {short(random)} ± {short(randomError)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

function drawing(plot: Plot, width: number, { errorName, byInformation, atRandom }: InformationCurve) {
  const lines = [
    { curve: atRandom, colour: "var(--accent)" },
    { curve: byInformation, colour: "var(--second)" },
  ].map(({ curve, colour }) => ({ colour, data: curve.error.map((error, step) => ({ step, error, low: Math.max(0, error - (curve.standardError[step] || 0)), high: error + (curve.standardError[step] || 0) })) }));
  return plot.plot({
    width,
    height: 260,
    className: "plot",
    marginLeft: 48,
    marginBottom: 42,
    x: { label: "values known", labelArrow: "none", labelAnchor: "center", labelOffset: 34, ticks: Math.min(10, byInformation.error.length), tickFormat: (step: number) => (Number.isInteger(step) ? String(step) : "") },
    y: { label: errorName, labelArrow: "none", zero: true, grid: true, ticks: 5 },
    marks: [
      ...lines.map(({ data, colour }) => plot.areaY(data, { x: "step", y1: "low", y2: "high", fill: colour, fillOpacity: 0.18 })),
      ...lines.map(({ data, colour }) => plot.lineY(data, { x: "step", y: "error", stroke: colour, strokeWidth: 1.8 })),
      ...lines.map(({ data, colour }) => plot.dot(data, { x: "step", y: "error", fill: colour, r: 2.8 })),
    ],
  });
}
