import type { Command } from "commander";
import { formatSchema, formatValue, isContinuous, isOnLogScale, isOrdered, type Column, type Decisions, type Note, type RawTable, type Schema } from "../../data/index.ts";
import { examples, newCommand, schemaFlags, tableFlags, targetFlag } from "../flags/shared.ts";
import { checkOutputPath, writeOutput } from "../inputs/files.ts";
import { loadDecisions, loadTable, readingOfSchema, type SchemaOptions, type TableOptions } from "../inputs/tables.ts";
import { noteText } from "../output/notes.ts";

interface SchemaCommandOptions extends TableOptions, SchemaOptions {
  target: string[];
  output?: string;
  json?: boolean;
}

/** `hhvaem schema`: what each column is taken for and why, on a page; and as a file to read and edit. */
export function schemaCommand(program: Command): void {
  schemaFlags(tableFlags(newCommand(program, "schema <table>", "infer the columns' types; write them to a file to edit")))
    .addOption(targetFlag())
    .option("-o, --output <file>", "write the schema here")
    .addHelpText("after", examples("hhvaem schema cars.csv --target 'economy (mpg)' -o schema.json", "hhvaem schema cars.csv --type cylinders=categorical --type name=ignore"))
    .action(run);
}

async function run(path: string, options: SchemaCommandOptions): Promise<void> {
  const table = await loadTable(path, { ...options, before: await readingOfSchema(options.schema) });
  const decided = await loadDecisions(table, path, options.target, options);
  const { schema } = decided;
  if (options.output !== undefined) {
    checkOutputPath(options.output);
    await writeOutput(options.output, formatSchema(schema));
  }
  if (options.json) {
    process.stdout.write(formatSchema(schema));
    return;
  }
  process.stdout.write(`${schemaPage(table, decided)}\n`);
  if (options.output !== undefined) process.stdout.write(`written to ${options.output}; edit it and pass it with --schema.\n`);
}

function schemaPage(table: RawTable, { schema, columns, notes }: Decisions): string {
  const width = Math.max(...columns.map(({ column }) => column.name.length));
  const lines = columns.flatMap(({ column, why, notes: own }) => {
    const index = table.columns.indexOf(column.name);
    const holes = index < 0 ? new Map<string, number>() : missingTexts(table, index, column);
    const missing = [...holes.values()].reduce((a, b) => a + b, 0);
    const head = `  ${column.name.padEnd(width)}  ${column.role.padEnd(7)}  ${kindOf(column).padEnd(11)}  ${String(missing).padStart(6)} missing  ${describe(column)}`.trimEnd();
    const details = [...(column.role === "ignore" && column.reason !== undefined ? [] : [`why: ${why}${writtenText(column)}`]), ...writtenHoles(holes), ...staying(column), ...own.map((note: Note) => noteText(note))];
    return [head, ...details.map((detail) => `  ${"".padEnd(width)}    ${detail}`)];
  });
  return [`${table.rows} rows, ${columns.length} columns${fileText(schema)}`, ...notes.map((note) => `  note: ${noteText(note)}`), ...lines].join("\n");
}

/** "; windows-1252, fields separated by ;, decimal comma, no header" */
function fileText({ reading = {} }: Schema): string {
  const { encoding, delimiter, decimal, header } = reading;
  const marks: Record<string, string> = { "\t": "tabs", " ": "runs of blanks", ",": "commas", ";": "semicolons" };
  const parts = [
    ...(encoding === undefined ? [] : [encoding.startsWith("utf") ? encoding.toUpperCase() : encoding.replace(/^w/, "W")]),
    ...(delimiter === undefined ? [] : [`fields separated by ${marks[delimiter] ?? delimiter}`]),
    ...(decimal === "," ? ["decimal commas"] : []),
    ...(header === false ? ["no header"] : []),
  ];
  return parts.length === 0 ? "" : `; ${parts.join(", ")}`;
}

/** What stands in the holes, with counts. */
function missingTexts(table: RawTable, index: number, column: Column): Map<string, number> {
  const counts = new Map<string, number>();
  const as = column.role === "ignore" ? undefined : column;
  for (let row = 0; row < table.rows; row++) {
    if (!table.isMissing(row, index, as)) continue;
    const text = table.cell(row, index).trim();
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

/** Nothing to say of empty cells alone. */
function writtenHoles(holes: ReadonlyMap<string, number>): string[] {
  if ([...holes.keys()].every((text) => text === "")) return [];
  const sorted = [...holes].sort((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, 5).map(([text, count]) => `${text === "" ? "empty" : JSON.stringify(text)} ${count}`);
  return [`missing: ${shown.join(", ")}${sorted.length > 5 ? ", ..." : ""}`];
}

/** Which of them are not to be filled. */
function staying({ keepMissing }: Column): string[] {
  if (keepMissing === undefined) return [];
  return [`holes stay: they mean "there is none"${keepMissing === true ? "" : ` where ${keepMissing.map(({ column, value }) => `${column}=${value}`).join(" or ")}`}`];
}

function kindOf({ type, role, format }: Column): string {
  if (role === "ignore") return "left out";
  return format?.date === undefined ? type : "date";
}

function writtenText({ format = {} }: Column): string {
  const { date, thousands, prefix, suffix } = format;
  const parts = [
    ...(date === undefined ? [] : [`as ${date}`]),
    ...(thousands === undefined ? [] : [`${JSON.stringify(thousands)} between thousands`]),
    ...(prefix === undefined ? [] : [`${prefix.trim()} in front`]),
    ...(suffix === undefined ? [] : [`${suffix.trim()} behind`]),
  ];
  return parts.length === 0 ? "" : `, ${parts.join(", ")}`;
}

function describe(column: Column): string {
  if (column.role === "ignore") return "";
  if (!isContinuous(column.type)) {
    const categories = (column.categories ?? []).map((label) => (label === "" ? "(empty)" : label));
    const between = isOrdered(column.type) ? " < " : ", ";
    return categories.length <= 6 ? categories.join(between) : `${categories.slice(0, 5).join(between)}${between}... (${categories.length} levels)`;
  }
  if (column.format?.date !== undefined) return `mean ${formatValue(column, column.mean!)}, deviation ${column.std!.toPrecision(4)} days`;
  return `mean ${column.mean!.toPrecision(4)}, deviation ${column.std!.toPrecision(4)}${isOnLogScale(column.type) ? " of log(1 + value)" : ""}`;
}
