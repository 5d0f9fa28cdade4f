import { grouped, type Note, type TableProblem } from "../../../data/index.ts";

/** One decision of the user's about how a table is read. */
export type Change = NonNullable<Note["change"]> | { option: "header"; value: "yes" | "no" } | { option: "bounds"; value: string };

/** A way out of a problem: what the button says, and what it decides. */
export interface Fix {
  title: string;
  changes: Change[];
}

export interface Fixable extends Pick<TableProblem, "row" | "column" | "message"> {
  fixes: Fix[];
}

/** More different texts than this are not taken for missing at once. */
const mostTexts = 20;

/** The problems, those of a kind told as one, each with what can be done about it here. */
export function withFixes(problems: readonly TableProblem[]): Fixable[] {
  return grouped(problems).map((problem) => {
    const { row, column, message } = problem;
    return { ...(row !== undefined && { row }), ...(column !== undefined && { column }), message, fixes: fixesOf(problem, problems) };
  });
}

function fixesOf({ row, column, message, remedies = [] }: TableProblem, all: readonly TableProblem[]): Fix[] {
  const fixes: Fix[] = [];
  if (remedies.includes("missing") && column !== undefined) {
    const own = all.filter((other) => other.column === column && other.alike !== undefined && (row === undefined ? message.includes(` ${other.alike.what}: `) : other.row === row));
    const texts = [...new Set(own.flatMap(({ alike }) => wholeText(alike!.got)))];
    const changes = texts.map((text): Change => ({ option: "missing", value: `${column}=${text}` }));
    if (texts.length === 1) fixes.push({ title: `${JSON.stringify(texts[0])} means missing`, changes });
    else if (texts.length > 1 && texts.length <= mostTexts) fixes.push({ title: `All ${texts.length} texts mean missing`, changes });
  }
  if (remedies.includes("types") && column !== undefined) {
    const type = /type (?:to )?"(\w+)"/.exec(message)?.[1];
    if (type !== undefined && type !== "ignore") fixes.push({ title: `Set to ${type}`, changes: [{ option: "type", value: `${column}=${type}` }] });
    fixes.push({ title: "Leave the column out", changes: [{ option: "type", value: `${column}=ignore` }] });
  }
  if (remedies.includes("encoding")) for (const value of ["windows-1252", "windows-1250", "utf-16le"]) fixes.push({ title: `Read as ${value}`, changes: [{ option: "encoding", value }] });
  if (remedies.includes("header")) fixes.push({ title: "The first line is a row", changes: [{ option: "header", value: "no" }] });
  return fixes;
}

/** The text of a cell from how a message quotes it; nothing where only its beginning is quoted. */
function wholeText(quoted: string): string[] {
  const text = JSON.parse(quoted) as string;
  return text.endsWith("...") ? [] : [text.trim()];
}
