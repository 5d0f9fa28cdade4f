import { useId, useState } from "preact/hooks";
import { isDatePattern } from "../../../data/cells/dates.ts";
import { isContinuous, type ColumnType } from "../../../data/schema/column.ts";
import type { ColumnInfo } from "../../engine/data/column-info.ts";
import { LineForm } from "../../parts/line-form.tsx";
import { Tokens } from "../../parts/tokens.tsx";
import { decideOtherwise, setReading } from "../../state/reading.ts";
import { choices, choose, readOptions } from "../../state/session.ts";
import { Notes } from "./note-line.tsx";

/** Why a column is taken for what it is, what stands in its holes, what looks odd, and what can be said otherwise. */
export function ColumnDetails({ column }: { column: ColumnInfo }) {
  const { name, why, format, holes, notes, type, date } = column;
  const { missing = [] } = readOptions.value;
  const own = missing.filter((token) => token.startsWith(`${name}=`)).map((token) => token.slice(name.length + 1));
  const mayBeDates = date !== undefined || readOptions.value.dates?.[name] !== undefined || type === "categorical" || type === "binary" || type === "ignore";
  return (
    <div class="details">
      <p>
        <strong>Why:</strong> {[why, ...format].join(", ")}.
      </p>
      <Notes notes={notes} />
      {holes.length > 0 && <Holes holes={holes} declared={[...own, ...missing.filter((token) => !token.includes("="))]} />}
      <Tokens
        label={`Also missing in ${name}`}
        placeholder="999"
        texts={own}
        onAdd={(text) => decideOtherwise({ option: "missing", value: `${name}=${text}` })}
        onRemove={(text) => setReading({ missing: missing.filter((token) => token !== `${name}=${text}`) })}
      />
      {isContinuous(type as ColumnType) && date === undefined && <Bounds name={name} />}
      {mayBeDates && <DatePattern name={name} date={date} />}
    </div>
  );
}

/** What stands in the holes; a word that is no hole can be kept. */
function Holes({ holes, declared }: { holes: ColumnInfo["holes"]; declared: readonly string[] }) {
  const isDeclared = (text: string): boolean => declared.some((token) => token.toLowerCase() === text.toLowerCase() || (token !== "" && Number(token) === Number(text)));
  return (
    <p>
      <strong>Missing, as it is written:</strong>{" "}
      {holes.map(({ text, count }) => (
        <span class="token">
          {text === "" ? "empty" : JSON.stringify(text)} {count}
          {text !== "" && !isDeclared(text) && (
            <button type="button" class="link" onClick={() => decideOtherwise({ option: "keep", value: text })}>
              is a value
            </button>
          )}
        </span>
      ))}
    </p>
  );
}

const patterns = ["yyyy-MM-dd", "dd/MM/yyyy", "MM/dd/yyyy", "dd.MM.yyyy", "d.M.yyyy", "dd-MMM-yyyy", "yyyy-MM-dd HH:mm", "dd/MM/yyyy HH:mm", "yyyyMMdd"];

/** What no value of the column lies beyond; nothing: as its type has it. */
function Bounds({ name }: { name: string }) {
  const said = choices.value.bounds?.[name];
  const [ends, type] = useState<readonly string[]>(said?.map(String) ?? ["", ""]);
  const [low, high] = ends.map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
  const bad = ends.some((text) => text.trim() !== "") && !(low < high);
  const apply = (): void => {
    if (low < high) return void decideOtherwise({ option: "bounds", value: `${name}=${low}:${high}` });
    if (ends.every((text) => text.trim() === "") && said) {
      const { [name]: _, ...others } = choices.value.bounds ?? {};
      void choose({ ...choices.value, bounds: others });
    }
  };
  return (
    <LineForm onSubmit={apply}>
      <span>{`No ${name} lies beyond`}</span>
      <span class="token-line">
        {["least", "largest"].map((end, i) => (
          <input aria-label={`${end} ${name}`} inputMode="decimal" size={8} placeholder={end} value={ends[i]} aria-invalid={bad} autocomplete="off" onInput={(event) => type(ends.map((text, k) => (k === i ? event.currentTarget.value : text)))} />
        ))}
        <button type="submit" class="small" disabled={bad}>
          Set
        </button>
      </span>
    </LineForm>
  );
}

/** How the column writes dates; nothing: as its cells say. */
function DatePattern({ name, date }: { name: string; date: string | undefined }) {
  const said = readOptions.value.dates?.[name];
  const [typed, type] = useState(said ?? date ?? "");
  const id = useId();
  const bad = typed.trim() !== "" && !isDatePattern(typed.trim());
  const apply = (): void => {
    const pattern = typed.trim();
    if (bad || pattern === (said ?? date ?? "")) return;
    if (pattern !== "") return void decideOtherwise({ option: "date", value: `${name}=${pattern}` });
    const { [name]: _, ...others } = readOptions.value.dates ?? {};
    void setReading({ dates: others });
  };
  return (
    <LineForm onSubmit={apply}>
      <label for={id}>{`Dates in ${name} are written as`}</label>
      <span class="token-line">
        <input id={id} list={`${id}-patterns`} value={typed} placeholder="no dates" aria-invalid={bad} aria-describedby={`${id}-hint`} autocomplete="off" onInput={(event) => type(event.currentTarget.value)} />
        <datalist id={`${id}-patterns`}>
          {patterns.map((pattern) => (
            <option value={pattern} />
          ))}
        </datalist>
        <button type="submit" class="small" disabled={bad}>
          Read so
        </button>
      </span>
      <span class={bad ? "warning" : "hint"} id={`${id}-hint`}>
        {bad ? "Expected year, month and day, such as dd/MM/yyyy." : "yyyy or yy, MM (03), M (3) or MMM (Mar), dd or d; HH:mm:ss for times."}
      </span>
    </LineForm>
  );
}
