import { useRef, useState } from "preact/hooks";
import type { ReadOptions } from "../../../data/index.ts";
import { busy, openExample, openFile, openModel } from "../../state/session.ts";

/** A place to drop a file on, the same by button, and the examples. */
export function OpenFile() {
  const [over, setOver] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0];
    if (!file) return;
    void (/\.hhvaem$/i.test(file.name) ? openModel(file) : openFile(file, readOptions(form.current!)));
  };
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
        Drop a CSV or Parquet file here, gzipped or not, or{" "}
        <label class="button">
          choose a file
          <input
            type="file"
            id="file"
            class="unseen"
            accept=".csv,.tsv,.txt,.gz,.parquet,.hhvaem"
            onChange={(event) => {
              take(event.currentTarget.files);
              // the same file again is a change, too
              event.currentTarget.value = "";
            }}
          />
        </label>
        . Or take an example:{" "}
        <button type="button" onClick={() => openExample("cars")}>
          cars
        </button>{" "}
        <button type="button" onClick={() => openExample("penguins")}>
          penguins
        </button>
      </p>
      <details>
        <summary>How the file is read</summary>
        <form ref={form} class="fields" onSubmit={(event) => event.preventDefault()}>
          <label>
            Fields are separated by
            <select name="delimiter">
              <option value="">what fits best</option>
              <option value=",">comma</option>
              <option value=";">semicolon</option>
              <option value={"\t"}>tab</option>
              <option value="|">vertical bar</option>
            </select>
          </label>
          <label>
            The first line
            <select name="header">
              <option value="">names the columns unless it is all numbers</option>
              <option value="yes">names the columns</option>
              <option value="no">is a row like the others</option>
            </select>
          </label>
          <label>
            Also missing (comma between)
            <input name="missing" placeholder="-999, unknown" autocomplete="off" />
          </label>
        </form>
        <p class="hint">Empty cells, NA, NaN, ? and null are missing anyway. These settings hold for the next file that you open.</p>
      </details>
    </section>
  );
}

function readOptions(form: HTMLFormElement): ReadOptions {
  const values = new FormData(form);
  const text = (name: string): string => String(values.get(name) ?? "");
  const missing = text("missing").split(",").map((token) => token.trim()).filter((token) => token !== "");
  return {
    ...(text("delimiter") === "" ? {} : { delimiter: text("delimiter") }),
    ...(text("header") === "" ? {} : { header: text("header") === "yes" }),
    ...(missing.length === 0 ? {} : { missing }),
  };
}
