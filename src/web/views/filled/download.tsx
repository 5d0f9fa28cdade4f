import { useState } from "preact/hooks";
import type { FileFormat } from "../../engine/filled/answers-part.ts";
import { saveFile } from "../../parts/save-file.ts";
import { engine } from "../../state/engine.ts";
import { attempt } from "../../state/notices.ts";
import { table } from "../../state/session.ts";

interface Format {
  format: FileFormat;
  title: string;
  type: string;
  /** How names of such files end; a table of this format keeps its own ending. */
  endings: RegExp;
}

const formats: readonly Format[] = [
  { format: "csv", title: "CSV", type: "text/csv", endings: /csv|tsv|txt|tab|dat/ },
  { format: "xlsx", title: "Excel", type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", endings: /xlsx|xlsm/ },
  { format: "parquet", title: "Parquet", type: "application/vnd.apache.parquet", endings: /parquet/ },
  { format: "arrow", title: "Arrow", type: "application/vnd.apache.arrow.file", endings: /arrow|feather|arrows|ipc/ },
  { format: "json", title: "JSON", type: "application/json", endings: /json|jsonl|ndjson/ },
];

/** The filled table as a file: best values, or several completed tables for multiple imputation. */
export function Download() {
  const [imputations, setImputations] = useState(10);
  const [unsure, setUnsure] = useState(100);
  const [, stem, ending = "csv"] = /^(.*?)(?:\.(\w+))?(?:\.gz)?$/i.exec(table.value!.name)!;
  const isOwn = ({ endings }: Format): boolean => new RegExp(`^(${endings.source})$`, "i").test(ending);
  const offered = formats.filter((format) => isOwn(format) || ["csv", "xlsx", "parquet"].includes(format.format));
  const save = async (format: Format, count: number): Promise<void> => {
    const name = `${stem}-${count === 0 ? "filled" : `${count}-imputations`}.${isOwn(format) ? ending : format.format}`;
    const bytes = await attempt(() => engine.answers.file(format.format, count, name, unsure / 100));
    if (bytes) saveFile(name, bytes, format.type);
  };
  const saveCells = async (): Promise<void> => {
    const text = await attempt(() => engine.answers.cellsFile());
    if (text !== undefined) saveFile(`${stem}-cells.csv`, text, "text/csv");
  };
  return (
    <section>
      <h2>Download</h2>
      <p class="actions">
        {offered.map((format) => (
          <button type="button" onClick={() => save(format, 0)}>
            Filled table ({format.title})
          </button>
        ))}
        <label>
          leave cells empty that are less sure than{" "}
          <select name="unsure" value={String(unsure)} onChange={(event) => setUnsure(Number(event.currentTarget.value))}>
            <option value="100">never: fill all</option>
            {[75, 50, 25].map((percent) => (
              <option value={String(percent)}>{percent} % of not knowing the row</option>
            ))}
          </select>
        </label>
      </p>
      <p class="actions">
        <button type="button" onClick={saveCells}>
          Each filled cell with its interval (CSV)
        </button>
      </p>
      <p class="actions">
        {offered.map((format) => (
          <button type="button" onClick={() => save(format, imputations)}>
            Imputations ({format.title})
          </button>
        ))}
        <label>
          how many <input type="number" min={2} max={100} step={1} value={imputations} onInput={(event) => event.currentTarget.validity.valid && setImputations(event.currentTarget.valueAsNumber)} />
        </label>
      </p>
      <p class="hint">
        The filled table has one value in each hole: of numbers the middle of what is believed (the median), of levels the most probable; written as its neighbours are. In the format that it came in, everything else stays as it is. For an analysis that carries the uncertainty on, take several imputations: joint draws, one table below the other, counted in the first column.
      </p>
    </section>
  );
}
