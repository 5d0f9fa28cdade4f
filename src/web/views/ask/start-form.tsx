import { useEffect, useState } from "preact/hooks";
import type { RowToAsk } from "../../engine/ask/asking-part.ts";
import { askSettings, begin, setAsking, thinking } from "../../state/asking.ts";
import { engine } from "../../state/engine.ts";
import { attempt } from "../../state/notices.ts";
import { numberParam, setParams } from "../../state/route.ts";
import { hasGpu, model, modelFitsTable, table } from "../../state/session.ts";
import { Limits } from "./limits.tsx";

/** Where to start: from nothing, or from a row of the table, of which values can be left out. */
export function StartForm() {
  const fits = modelFitsTable.value;
  const row = fits ? numberParam("row", 1, table.value!.rows) : undefined;
  const [without, leaveOut] = useState<readonly number[]>([]);
  useEffect(() => leaveOut([]), [row]);
  const targets = model.value!.targets.map(({ name }) => name).join(", ");
  return (
    <section>
      <h2>Ask for the values that tell most</h2>
      <p>
        To predict {targets}, you are asked for one value after another, the one that is expected to tell most first. After each answer you see what it did to the prediction, and what the values that are left are worth now.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!thinking.value) void begin(row === undefined ? undefined : row - 1, [...without]);
        }}
      >
        <fieldset class="choices">
          <legend>Start from</legend>
          <label>
            <input type="radio" name="start" checked={row === undefined} onChange={() => setParams({ row: undefined })} /> nothing known
          </label>
          {fits && (
            <label>
              <input type="radio" name="start" checked={row !== undefined} onChange={() => setParams({ row: "1" })} /> a row of {table.value!.name}
              <RowNumber row={row} />
            </label>
          )}
        </fieldset>
        {table.value && !fits && <p class="hint">The open table lacks columns of the model “{model.value!.name}”, so that its rows cannot be taken.</p>}
        {row !== undefined && <RowValues row={row} without={without} onChange={leaveOut} />}
        <details>
          <summary>Details</summary>
          <DrawSettings />
          <Limits />
        </details>
        <p class="actions">
          <button type="submit" class="primary" disabled={!hasGpu.value}>
            Start asking
          </button>
          <span role="status" class="hint">
            {thinking.value ? "preparing: kernels are compiled and draws made …" : ""}
          </span>
        </p>
      </form>
    </section>
  );
}

function RowNumber({ row }: { row: number | undefined }) {
  const { rows } = table.value!;
  return (
    <input
      type="number"
      class="row-number"
      aria-label={`Row, from 1 to ${rows}`}
      min={1}
      max={rows}
      step={1}
      value={row ?? ""}
      placeholder={`1 to ${rows}`}
      onInput={(event) => event.currentTarget.value !== "" && event.currentTarget.validity.valid && setParams({ row: event.currentTarget.value })}
    />
  );
}

interface RowValuesProps {
  /** From 1, as the page numbers rows. */
  row: number;
  without: readonly number[];
  onChange: (without: readonly number[]) => void;
}

/** What the row knows; what is unticked is asked for as if it were missing. */
function RowValues({ row, without, onChange }: RowValuesProps) {
  const [found, setFound] = useState<RowToAsk>();
  useEffect(() => {
    let current = true;
    void attempt(() => engine.asking.row(row - 1)).then((values) => {
      if (current) setFound(values);
    });
    return () => {
      current = false;
    };
  }, [row, model.value, table.value]);
  if (!found) return null;
  const { features } = model.value!;
  const known = features.flatMap((_, column) => (found.features[column] === undefined ? [] : [column]));
  const missing = features.filter((_, column) => found.features[column] === undefined).map(({ name }) => name);
  const toggle = (column: number): void => onChange(without.includes(column) ? without.filter((other) => other !== column) : [...without, column]);
  return (
    <fieldset class="known">
      <legend>Known of row {row}. Untick what you want to be asked for as if it were missing:</legend>
      <div class="values">
        {known.map((column) => (
          <label class="check">
            <input type="checkbox" checked={!without.includes(column)} onChange={() => toggle(column)} />
            <span>
              {features[column].name} <strong>{found.features[column]}</strong>
            </span>
          </label>
        ))}
      </div>
      <p class="hint">
        {missing.length === 0 ? "Nothing is missing in this row." : `Missing: ${missing.join(", ")}.`}{" "}
        {known.length > 0 && (
          <button type="button" class="link" onClick={() => onChange(without.length === known.length ? [] : known)}>
            {without.length === known.length ? "Tick all" : "Untick all"}
          </button>
        )}
      </p>
      {found.warnings.map((warning) => (
        <p class="warning">{warning}</p>
      ))}
    </fieldset>
  );
}

function DrawSettings() {
  const { draws, interval, seed } = askSettings.value;
  return (
    <div class="fields">
      <label>
        Posterior draws
        <input type="number" min={50} max={5000} step={1} required value={draws} onChange={({ currentTarget }) => currentTarget.validity.valid && setAsking({ draws: currentTarget.valueAsNumber })} />
      </label>
      <label>
        Intervals hold
        <select value={String(interval)} onChange={({ currentTarget }) => setAsking({ interval: Number(currentTarget.value) })}>
          {[0.5, 0.8, 0.9, 0.95, 0.99].map((mass) => (
            <option value={String(mass)}>{100 * mass} % of the probability</option>
          ))}
        </select>
      </label>
      <label>
        Seed
        <input type="number" min={0} step={1} required value={seed} onChange={({ currentTarget }) => currentTarget.validity.valid && setAsking({ seed: currentTarget.valueAsNumber })} />
      </label>
    </div>
  );
}
