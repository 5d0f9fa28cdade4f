import type { Command } from "commander";
import { formatSchema, isContinuous, isOnLogScale, isOrdered, type Column } from "../../data/index.ts";
import { examples, newCommand, schemaFlags, tableFlags, targetFlag } from "../flags/shared.ts";
import { checkOutputPath, writeOutput } from "../inputs/files.ts";
import { loadSchema, loadTable, type SchemaOptions, type TableOptions } from "../inputs/tables.ts";

interface SchemaCommandOptions extends TableOptions, SchemaOptions {
  target: string[];
  output?: string;
  json?: boolean;
}

/** `hhvaem schema`: what each column is taken for, as a file to read and edit. */
export function schemaCommand(program: Command): void {
  schemaFlags(tableFlags(newCommand(program, "schema <table>", "infer the columns' types; write them to a file to edit")))
    .addOption(targetFlag())
    .option("-o, --output <file>", "write the schema here")
    .addHelpText("after", examples("hhvaem schema cars.csv --target 'economy (mpg)' -o schema.json", "hhvaem schema cars.csv --type cylinders=categorical --type name=ignore"))
    .action(run);
}

async function run(path: string, options: SchemaCommandOptions): Promise<void> {
  const table = await loadTable(path, options);
  const schema = await loadSchema(table, path, options.target, options);
  if (options.output !== undefined) {
    checkOutputPath(options.output);
    await writeOutput(options.output, formatSchema(schema));
  }
  if (options.json) {
    process.stdout.write(formatSchema(schema));
    return;
  }
  const width = Math.max(...schema.columns.map((column) => column.name.length));
  const missing = (index: number): number => Array.from({ length: table.rows }, (_, row) => Number(table.isMissing(row, index))).reduce((a, b) => a + b, 0);
  const lines = schema.columns.map((column, i) => `  ${column.name.padEnd(width)}  ${column.role.padEnd(7)}  ${column.type.padEnd(11)}  ${String(missing(i)).padStart(6)} missing  ${describe(column)}`);
  process.stdout.write(`${table.rows} rows, ${schema.columns.length} columns\n${lines.join("\n")}\n`);
  if (options.output !== undefined) process.stdout.write(`written to ${options.output}; edit it and pass it with --schema.\n`);
}

function describe(column: Column): string {
  if (column.role === "ignore") return "";
  if (!isContinuous(column.type)) {
    const { categories = [] } = column;
    const between = isOrdered(column.type) ? " < " : ", ";
    return categories.length <= 6 ? categories.join(between) : `${categories.slice(0, 5).join(between)}${between}... (${categories.length} levels)`;
  }
  return `mean ${column.mean!.toPrecision(4)}, deviation ${column.std!.toPrecision(4)}${isOnLogScale(column.type) ? " of log(1 + value)" : ""}`;
}
