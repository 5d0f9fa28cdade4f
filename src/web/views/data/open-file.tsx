import { useState } from "preact/hooks";
import { loadSchema } from "../../state/reading.ts";
import { busy, openExample, openFile, openModel, table } from "../../state/session.ts";

/** A place to drop a file on, the same by button, and the examples. */
export function OpenFile() {
  const [over, setOver] = useState(false);
  const take = (files: FileList | null | undefined): void => void takeAll([...(files ?? [])]);
  return (
    <section
      class={`drop${over ? " over" : ""}`}
      aria-busy={busy.value}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <h2>Open a table</h2>
      <p>
        Drop a table here (Excel, CSV and its kin, JSON, Parquet, Arrow), or{" "}
        <label class={`button${table.value ? "" : " primary"}`}>
          choose a file
          <input
            type="file"
            id="file"
            class="unseen"
            multiple
            accept=".csv,.tsv,.txt,.tab,.dat,.gz,.parquet,.xlsx,.xlsm,.arrow,.feather,.json,.jsonl,.ndjson,.hhvaem"
            onChange={(event) => {
              take(event.currentTarget.files);
              // the same file again is a change, too
              event.currentTarget.value = "";
            }}
          />
        </label>
        . To try a training, take an example table:{" "}
        <button type="button" onClick={() => openExample("cars")}>
          cars
        </button>{" "}
        <button type="button" onClick={() => openExample("penguins")}>
          penguins
        </button>
      </p>
    </section>
  );
}

/** A model, a schema or a table, by name and content; with a table its schema may come along. */
async function takeAll(files: readonly File[]): Promise<void> {
  const schemas = await Promise.all(files.map(isSchema));
  const table = files.find((file, i) => !schemas[i] && !isModel(file));
  const schema = files.find((_, i) => schemas[i]);
  const model = files.find(isModel);
  if (model) await openModel(model);
  if (table) await openFile(table);
  if (schema) await loadSchema(schema);
}

function isModel({ name }: File): boolean {
  return /\.hhvaem$/i.test(name);
}

/** Whether a file begins as `hhvaem schema` begins one. */
async function isSchema(file: File): Promise<boolean> {
  return /\.json$/i.test(file.name) && /^\s*\{\s*"version"\s*:\s*1\s*,/.test(await file.slice(0, 100).text());
}
