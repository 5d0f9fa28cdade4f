import { useState } from "preact/hooks";
import { saveFile } from "../../parts/save-file.ts";
import { engine } from "../../state/engine.ts";
import { attempt } from "../../state/notices.ts";
import { table } from "../../state/session.ts";

/** The filled table as a file: best values, or several completed tables for multiple imputation. */
export function Download() {
  const [imputations, setImputations] = useState(10);
  const stem = table.value!.name.replace(/(\.(csv|tsv|txt|parquet))?(\.gz)?$/i, "");
  const save = (count: number): Promise<void> =>
    attempt(async () => saveFile(count === 0 ? `${stem}-filled.csv` : `${stem}-${count}-imputations.csv`, await engine.answers.csv(count), "text/csv")) as Promise<void>;
  return (
    <section>
      <h2>Download</h2>
      <p class="actions">
        <button type="button" onClick={() => save(0)}>
          Filled table (CSV)
        </button>
        <span class="with">
          <button type="button" onClick={() => save(imputations)}>
            Imputations (CSV)
          </button>{" "}
          <label>
            how many <input type="number" min={2} max={100} step={1} value={imputations} onInput={(event) => event.currentTarget.validity.valid && setImputations(event.currentTarget.valueAsNumber)} />
          </label>
        </span>
      </p>
      <p class="hint">The filled table has the most probable value in each hole; observed cells stay byte for byte. For an analysis that carries the uncertainty on, take several imputations: joint draws, one table below the other, counted in the first column.</p>
    </section>
  );
}
