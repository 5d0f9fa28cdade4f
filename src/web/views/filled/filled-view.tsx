import { useEffect } from "preact/hooks";
import { clock } from "../../../report/clock.ts";
import { Meter } from "../../parts/meter.tsx";
import { NeedsModel } from "../../parts/needs-model.tsx";
import { chosenCell, fill, filled, filling, fillingLeft, fillOptions, rowOrder, stopFilling } from "../../state/filled.ts";
import { modelFitsTable } from "../../state/session.ts";
import { VerdictLine } from "../verdict/verdict-parts.tsx";
import { CellPanel } from "./cell-panel.tsx";
import { Compare } from "./compare.tsx";
import { Download } from "./download.tsx";
import { NothingChosen } from "./nothing-chosen.tsx";
import { FilledTable } from "./filled-table.tsx";

/** The table with its holes filled, and what is believed about each. */
export function FilledView() {
  const chosen = chosenCell.value;
  useEffect(() => {
    // the button that was pressed is gone by now
    if (filled.value && document.activeElement === document.body) document.getElementById("filled-heading")?.focus({ preventScroll: true });
  }, [filled.value]);
  if (!modelFitsTable.value) return <NeedsModel needsTable />;
  const result = filled.value;
  return (
    <>
      <section>
        <h2>{result ? "The holes are filled" : "Fill the holes"}</h2>
        {filling.value !== undefined ? (
          <>
            <Meter label="Rows filled" share={filling.value} />
            <p role="status">
              filling … {Math.round(100 * filling.value)} %{fillingLeft.value !== undefined && `, about ${clock(Math.max(1, fillingLeft.value))} left`}
            </p>
            <p class="actions">
              <button type="button" onClick={stopFilling}>
                Stop
              </button>
            </p>
          </>
        ) : (
          !result && <FillForm again={false} />
        )}
        {result && (
          <p>
            {result.cells === 0 ? "The table has no holes." : `${result.cells} holes in ${result.rowsWithHoles} rows are filled`}
            {result.cells > 0 && "."}
          </p>
        )}
        <VerdictLine />
        {result && filling.value === undefined && (
          <details>
            <summary>Fill again, with other settings</summary>
            <FillForm again />
          </details>
        )}
        {result?.warnings.map((warning) => <p class="warning">{warning}</p>)}
      </section>
      {result && result.cells > 0 && (
        <>
          {rowOrder.value && (
            <div class="master">
              <FilledTable />
              <aside>{chosen && chosen.column >= 0 ? <CellPanel {...chosen} /> : <NothingChosen />}</aside>
            </div>
          )}
          <Compare columns={result.columns} />
          <Download />
        </>
      )}
    </>
  );
}

function FillForm({ again }: { again: boolean }) {
  const { draws, interval, seed } = fillOptions.value;
  const set = (change: Partial<typeof fillOptions.value>) => (event: Event & { currentTarget: HTMLInputElement | HTMLSelectElement }) => {
    if (event.currentTarget.validity.valid) fillOptions.value = { ...fillOptions.value, ...change };
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void fill();
      }}
    >
      <details open={again}>
        <summary>Details</summary>
        <div class="fields">
          <label>
            Posterior draws per row
            <input type="number" name="draws" min={10} max={2000} step={1} required value={draws} onInput={(event) => set({ draws: event.currentTarget.valueAsNumber })(event)} />
          </label>
          <label>
            Intervals hold
            <select name="interval" value={String(interval)} onChange={(event) => set({ interval: Number(event.currentTarget.value) })(event)}>
              {[0.5, 0.8, 0.9, 0.95, 0.99].map((mass) => (
                <option value={String(mass)}>{100 * mass} % of the probability</option>
              ))}
            </select>
          </label>
          <label>
            Seed
            <input type="number" name="seed" min={0} step={1} required value={seed} onInput={(event) => set({ seed: event.currentTarget.valueAsNumber })(event)} />
          </label>
        </div>
      </details>
      <p class="actions">
        <button type="submit" class={again ? "" : "primary"}>
          {again ? "Fill again" : "Fill the holes"}
        </button>
      </p>
    </form>
  );
}
