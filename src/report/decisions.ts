import { isTimePattern, type Column, type RawTable, type Reading } from "../data/index.ts";

/** What a column is called: its type, and what people call it where that is something else. */
export function kindText({ type, role, format }: Pick<Column, "type" | "role" | "format">): string {
  if (role === "ignore") return "left out";
  return format?.date === undefined ? type : isTimePattern(format.date) ? "time" : "date";
}

const delimiterNames: Readonly<Record<string, string>> = { "\t": "tabs", " ": "runs of blanks", ",": "commas", ";": "semicolons", "|": "vertical bars" };

/** How a file was read, in parts: "Windows-1252", "fields separated by semicolons", "decimal commas", "no header". */
export function readingTexts({ encoding, delimiter, decimal, header }: Reading): string[] {
  return [
    ...(encoding === undefined ? [] : [encoding.startsWith("utf") ? encoding.toUpperCase() : encoding.replace(/^w/, "W")]),
    ...(delimiter === undefined ? [] : [`fields separated by ${delimiterNames[delimiter] ?? delimiter}`]),
    ...(decimal === "," ? ["decimal commas"] : []),
    ...(header === false ? ["no header"] : []),
  ];
}

/** How the cells of a column are written, where not as plain numbers or texts: "as dd/MM/yyyy", '"," between thousands', "% behind". */
export function formatTexts({ format = {} }: Pick<Column, "format">): string[] {
  const { date, thousands, prefix, suffix } = format;
  return [
    ...(date === undefined ? [] : [`as ${date}`]),
    ...(thousands === undefined ? [] : [`${JSON.stringify(thousands)} between thousands`]),
    ...(prefix === undefined ? [] : [`${prefix.trim()} in front`]),
    ...(suffix === undefined ? [] : [`${suffix.trim()} behind`]),
  ];
}

/** What stands in the holes of a column, without blanks around it, with counts: most frequent first. */
export function missingTexts(table: RawTable, index: number, column: Column): Map<string, number> {
  const counts = new Map<string, number>();
  const isMissing = table.missingIn(index, column.role === "ignore" ? undefined : column);
  for (let row = 0; row < table.rows; row++) {
    const cell = table.cell(row, index);
    if (!isMissing(cell)) continue;
    const text = cell.trim();
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return new Map([...counts].sort((a, b) => b[1] - a[1]));
}

const mostTexts = 5;

/** 'empty 20, "-" 4'; "" where there are no holes but empty cells. */
export function holesText(holes: ReadonlyMap<string, number>): string {
  if ([...holes.keys()].every((text) => text === "")) return "";
  const shown = [...holes].slice(0, mostTexts).map(([text, count]) => `${text === "" ? "empty" : JSON.stringify(text)} ${count}`);
  return `${shown.join(", ")}${holes.size > mostTexts ? ", ..." : ""}`;
}
