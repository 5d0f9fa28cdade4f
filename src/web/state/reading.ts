import type { ReadOptions } from "../../data/index.ts";
import type { Change } from "../engine/data/fixes.ts";
import { engine } from "./engine.ts";
import { attempt, say } from "./notices.ts";
import { choices, choose, fileProblems, readAgain, readOptions, table } from "./session.ts";
import { optionsOf, withChange, type Wishes } from "./wishes.ts";

/** Decides otherwise: reads again where reading is concerned, and shows what follows. */
export async function decideOtherwise(...changes: readonly Change[]): Promise<void> {
  const before: Wishes = { options: readOptions.value, choices: choices.value };
  const after = changes.reduce(withChange, before);
  await (after.options === before.options && table.value ? choose(after.choices) : readAgain(after.options, after.choices));
}

/** Sets or takes back options of reading; undefined leaves the decision to the file. */
export async function setReading(change: Partial<ReadOptions>): Promise<void> {
  const options = Object.fromEntries(Object.entries({ ...readOptions.value, ...change }).filter(([, value]) => value !== undefined));
  await readAgain(options);
}

/** Takes a schema file as it stands; the open file is read as it says. */
export async function loadSchema(file: File): Promise<void> {
  if (!table.value && !fileProblems.value) return say({ kind: "error", text: `${file.name} says how a table is read: open the table first.` });
  const parsed = await attempt(async () => engine.data.parseSchema(file.name, await file.text()));
  if (!parsed) return;
  if ("problems" in parsed) {
    const [first] = parsed.problems;
    return say({ kind: "error", text: `${file.name}: ${first.column === undefined ? "" : `column "${first.column}": `}${first.message}${parsed.problems.length > 1 ? ` And ${parsed.problems.length - 1} more problems.` : ""}` });
  }
  const { schema } = parsed;
  await readAgain(optionsOf(schema), { schema, types: {}, targets: schema.columns.filter(({ role }) => role === "target").map(({ name }) => name) });
  say({ kind: "note", text: `The columns are taken for what ${file.name} says.` });
}
