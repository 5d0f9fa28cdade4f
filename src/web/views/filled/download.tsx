import { useState } from "preact/hooks";
import type { FileFormat } from "../../engine/answers-part.ts";
import { saveFile } from "../../parts/save-file.ts";
import { engine } from "../../state/engine.ts";
import { attempt } from "../../state/notices.ts";
import { table } from "../../state/session.ts";

const formats: readonly { format: FileFormat; title: string; type: string }[] = [
  { format: "csv", title: "CSV", type: "text/csv" },
  { format: "parquet", title: "Parquet", type: "application/vnd.apache.parquet" },
];

/** The filled table as a file: best values, or several completed tables for multiple imputation. */
export function Download() {
  const [imputations, setImputations] = useState(10);
  const { name } = table.value!;
  const stem = name.replace(/(\.(csv|tsv|txt|tab|dat|parquet))?(\.gz)?$/i, "");
  // a text table keeps its ending, as it keeps its delimiter
  const text = /\.(csv|tsv|txt|tab|dat)(?=(\.gz)?$)/i.exec(name)?.[1] ?? "csv";
  const save = async ({ format, type }: (typeof formats)[number], count: number): Promise<void> => {
    const bytes = await attempt(() => engine.answers.file(format, count));
    const ending = format === "csv" ? text : format;
    if (bytes) saveFile(count === 0 ? `${stem}-filled.${ending}` : `${stem}-${count}-imputations.${ending}`, bytes, type);
  };
  return (
    <section>
      <h2>Download</h2>
      <p class="actions">
        {formats.map((format) => (
          <button type="button" onClick={() => save(format, 0)}>
            Filled table ({format.title})
          </button>
        ))}
      </p>
      <p class="actions">
        {formats.map((format) => (
          <button type="button" onClick={() => save(format, imputations)}>
            Imputations ({format.title})
          </button>
        ))}
        <label>
          how many <input type="number" min={2} max={100} step={1} value={imputations} onInput={(event) => event.currentTarget.validity.valid && setImputations(event.currentTarget.valueAsNumber)} />
        </label>
      </p>
      <p class="hint">The filled table has the most probable value in each hole; observed cells stay as they are, in CSV byte for byte. For an analysis that carries the uncertainty on, take several imputations: joint draws, one table below the other, counted in the first column.</p>
    </section>
  );
}
