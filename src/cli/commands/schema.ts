import { basename } from "node:path";
import type { Command } from "commander";
import { decodeValue, formatSchema, formatValue, isContinuous, isOnLogScale, isOrdered, isTimePattern, type Column, type Decisions, type Note, type RawTable } from "../../data/index.ts";
import { examples, forceFlag, newCommand, schemaFlags, tableFlags, targetFlag } from "../flags/shared.ts";
import { checkOutputPath, standard, writeOutput } from "../inputs/files.ts";
import { loadDecisions, loadTable, readingOfSchema, readOptions, type SchemaOptions, type TableOptions } from "../inputs/tables.ts";
import { noteText } from "../output/notes.ts";
import { checkPlaces } from "../output/places.ts";
import { sampleLongFile } from "../stream/sample-file.ts";
import { formatTexts, holesText, kindText, missingTexts, readingTexts, stayingTexts } from "../../report/index.ts";

interface SchemaCommandOptions extends TableOptions, SchemaOptions {
  target: string[];
  output?: string;
  force?: boolean;
  json?: boolean;
}

/** `hhvaem schema`: what each column is taken for and why, on a page; and as a file to read and edit. */
export function schemaCommand(program: Command): void {
  schemaFlags(tableFlags(newCommand(program, "schema <table>", "infer the columns' types; write them to a file to edit")))
    .addOption(targetFlag())
    .option("-o, --output <file>", "write the schema here; - is standard output")
    .addOption(forceFlag())
    .addHelpText("after", examples("hhvaem schema cars.csv --target 'economy (mpg)' -o schema.json", "hhvaem schema cars.csv --type cylinders=categorical --type name=ignore"))
    .action(run);
}

async function run(path: string, options: SchemaCommandOptions): Promise<void> {
  await checkPlaces({ reads: { "the table itself": path, "the file of --schema": options.schema }, writes: { "--output": options.output }, force: options.force });
  const reads = { ...options, before: await readingOfSchema(options.schema) };
  // what is kept is of all rows; a page to look at is not worth minutes
  const sample = options.output === undefined && !options.json && options.schema === undefined ? await sampleLongFile(path, { ...readOptions(reads), source: basename(path) }) : undefined;
  const table = sample?.table ?? (await loadTable(path, reads));
  const decided = await loadDecisions(table, path, options.target, options);
  const { schema } = decided;
  if (options.output !== undefined && options.output !== standard) {
    checkOutputPath(options.output);
    await writeOutput(options.output, formatSchema(schema));
  }
  if (options.json || options.output === standard) {
    process.stdout.write(formatSchema(schema));
    return;
  }
  if (sample) decided.notes = [{ text: `the file is long: one row in ${sample.step} was looked at, and what is counted here is of these ${table.rows} of ${sample.rows} rows; training and \`-o FILE\` look at all` }, ...decided.notes];
  process.stdout.write(`${schemaPage(table, decided)}\n`);
  if (options.output !== undefined) process.stdout.write(`written to ${options.output}; edit it and pass it with --schema.\n`);
}

function schemaPage(table: RawTable, { schema, columns, notes }: Decisions): string {
  const width = Math.max(...columns.map(({ column }) => column.name.length));
  const lines = columns.flatMap(({ column, why, notes: own }) => {
    const index = table.columns.indexOf(column.name);
    const holes = index < 0 ? new Map<string, number>() : missingTexts(table, index, column);
    const missing = [...holes.values()].reduce((a, b) => a + b, 0);
    const head = `  ${column.name.padEnd(width)}  ${column.role.padEnd(7)}  ${kindText(column).padEnd(11)}  ${String(missing).padStart(6)} missing  ${describe(column)}`.trimEnd();
    const details = [...(column.role === "ignore" && column.reason !== undefined ? [] : [`why: ${[why, ...formatTexts(column)].join(", ")}`]), ...(holesText(holes) === "" ? [] : [`missing: ${holesText(holes)}`]), ...stayingTexts(column), ...own.map((note: Note) => noteText(note))];
    return [head, ...details.map((detail) => `  ${"".padEnd(width)}    ${detail}`)];
  });
  const file = readingTexts(schema.reading ?? {});
  return [`${table.rows} rows, ${columns.length} columns${file.length > 0 ? `; ${file.join(", ")}` : ""}`, ...notes.map((note) => `  note: ${noteText(note)}`), ...lines].join("\n");
}

function describe(column: Column): string {
  if (column.role === "ignore") return "";
  if (!isContinuous(column.type)) {
    const categories = (column.categories ?? []).map((label) => (label === "" ? "(empty)" : label));
    const between = isOrdered(column.type) ? " < " : ", ";
    return categories.length <= 6 ? categories.join(between) : `${categories.slice(0, 5).join(between)}${between}... (${categories.length} levels)`;
  }
  if (column.format?.date !== undefined) return `mean ${formatValue(column, decodeValue(column, 0))}, deviation ${column.std!.toPrecision(4)}${isTimePattern(column.format.date) ? " on the logit scale" : " days"}`;
  const scale = isOnLogScale(column.type) ? " of log(1 + value)" : column.bounds ? ` on the logit scale from ${column.bounds[0]} to ${column.bounds[1]}` : "";
  const atoms = (column.atoms ?? []).map(({ value, share }) => `; ${formatValue(column, value)} in ${Math.round(100 * share)} %`).join("");
  return `mean ${column.mean!.toPrecision(4)}, deviation ${column.std!.toPrecision(4)}${scale}${atoms}`;
}
