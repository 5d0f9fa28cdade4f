import type { ReadOptions } from "../../../data/index.ts";
import { readingTexts } from "../../../report/decisions.ts";
import { Tokens } from "../../parts/tokens.tsx";
import { decideOtherwise, setReading } from "../../state/reading.ts";
import { readOptions, table } from "../../state/session.ts";
import { Notes } from "./note-line.tsx";

const encodings: readonly [string, string][] = [
  ["utf-8", "UTF-8"],
  ["utf-16le", "UTF-16 (Excel’s “Unicode text”)"],
  ["windows-1252", "Windows-1252 (Western Europe)"],
  ["windows-1250", "Windows-1250 (Central Europe)"],
  ["windows-1251", "Windows-1251 (Cyrillic)"],
  ["windows-1253", "Windows-1253 (Greek)"],
  ["windows-1254", "Windows-1254 (Turkish)"],
  ["macintosh", "Macintosh (Western Europe)"],
];
const delimiters: readonly [string, string][] = [[",", "comma"], [";", "semicolon"], ["\t", "tab"], ["|", "vertical bar"], [" ", "runs of blanks"]];
const decimals: readonly [string, string][] = [[".", "point: 12.5"], [",", "comma: 12,5"]];
const headers: readonly [string, string][] = [["yes", "names the columns"], ["no", "is a row like the others"]];

/** What was decided about the file, in a line and notes, and the form that decides otherwise. */
export function ReadingNotes() {
  const { reading, notes } = table.value!;
  const { missing = [], keep = [] } = readOptions.value;
  const quoted = (texts: readonly string[]): string => texts.map((text) => JSON.stringify(text.replace(/^.*=/, ""))).join(", ");
  const everywhere = missing.filter((token) => !ofColumn(token));
  const parts = [...(reading.sheet === undefined ? [] : [`the sheet ${JSON.stringify(reading.sheet)}`]), ...readingTexts(reading), ...(everywhere.length > 0 ? [`${quoted(everywhere)} missing in every column`] : []), ...(keep.length > 0 ? [`${quoted(keep)} not missing`] : [])];
  return (
    <>
      {parts.length > 0 && <p id="reading">Read as {parts.join("; ")}.</p>}
      <Notes notes={notes} />
      <details>
        <summary>Read it otherwise</summary>
        <ReadingForm />
      </details>
    </>
  );
}

/** Encoding, delimiter, decimal mark, header, and what is missing everywhere. */
export function ReadingForm() {
  const options = readOptions.value;
  const { reading: found, sheets = [] } = table.value ?? {};
  const isText = found === undefined || found.delimiter !== undefined;
  const everywhere = (options.missing ?? []).filter((token) => !ofColumn(token));
  return (
    <>
      <div class="fields">
        {sheets.length > 1 && <Choice label="Sheet" of={sheets.map((name): [string, string] => [name, name])} found={found?.sheet} value={options.sheet} onChange={(sheet) => setReading({ sheet })} />}
        {isText && (
          <>
            <Choice label="Letters are stored as" of={encodings} found={found?.encoding} value={options.encoding} onChange={(encoding) => setReading({ encoding })} />
            <Choice label="Fields are separated by" of={delimiters} found={found?.delimiter} value={options.delimiter} onChange={(delimiter) => setReading({ delimiter })} />
          </>
        )}
        {(isText || found.header !== undefined) && (
          <Choice
            label="The first line"
            of={headers}
            found={found?.header === undefined ? undefined : found.header ? "yes" : "no"}
            value={options.header === undefined ? undefined : options.header ? "yes" : "no"}
            onChange={(value) => setReading({ header: value === undefined ? undefined : value === "yes" })}
          />
        )}
        <Choice label="Decimal mark" of={decimals} found={found && (found.decimal ?? ".")} value={options.decimal} onChange={(decimal) => setReading({ decimal: decimal as ReadOptions["decimal"] })} />
      </div>
      <Tokens
        label="Also missing, in every column"
        placeholder="-999"
        texts={everywhere}
        onAdd={(value) => decideOtherwise({ option: "missing", value })}
        onRemove={(text) => setReading({ missing: options.missing!.filter((token) => token !== text) })}
      />
      <Tokens
        label="Never missing"
        placeholder="NA"
        texts={options.keep ?? []}
        onAdd={(value) => decideOtherwise({ option: "keep", value })}
        onRemove={(text) => setReading({ keep: options.keep!.filter((token) => token !== text) })}
      />
      <p class="hint">Empty cells and NA, NaN, null, ? and their kind are missing anyway; among numbers also None, -, unknown, #DIV/0! and their kind.</p>
    </>
  );
}

interface ChoiceProps {
  label: string;
  of: readonly [string, string][];
  found: string | undefined;
  /** What the user says; undefined: nothing. */
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** What was found stands first; anything else is the user's. */
function Choice({ label, of, found, value, onChange }: ChoiceProps) {
  const name = (wanted: string): string => of.find(([key]) => key === wanted)?.[1] ?? wanted;
  const all = value === undefined || of.some(([key]) => key === value) ? of : [...of, [value, value] as [string, string]];
  return (
    <label>
      {label}
      <select value={value ?? ""} onChange={(event) => onChange(event.currentTarget.value === "" ? undefined : event.currentTarget.value)}>
        <option value="">{value === undefined && found !== undefined ? `as found: ${name(found)}` : "as the file says"}</option>
        {all.map(([key, title]) => (
          <option value={key}>{title}</option>
        ))}
      </select>
    </label>
  );
}

/** Whether a token is declared for one column: COLUMN=TOKEN. */
function ofColumn(token: string): boolean {
  return table.value?.columns.some(({ name }) => token.startsWith(`${name}=`)) ?? false;
}
