import { existsSync } from "node:fs";
import { join } from "node:path";
import { Option, type Command } from "commander";
import { formatOfName, type RawTable } from "../../data/index.ts";
import { examples, newCommand, tableFlags } from "../flags/shared.ts";
import { checkOutputPath, standard } from "../inputs/files.ts";
import { loadTable, type TableOptions } from "../inputs/tables.ts";
import { filesInFolder, filesOfModel, kindOf, namesModelFile, readModelAt, writeModelAt } from "../models/model-paths.ts";
import { showNotes } from "../output/notes.ts";
import { checkPlaces } from "../output/places.ts";
import { outputName, say, writeTableTo } from "../output/table-output.ts";
import { UsageError } from "../usage-error.ts";

interface ConvertOptions extends TableOptions {
  output: string;
  to?: string;
  force?: boolean;
  json?: boolean;
}

/** Formats that can be named, by the ending of a file's name. */
const formats = ["csv", "tsv", "parquet", "xlsx", "arrow", "feather", "arrows", "json", "jsonl"];

/** `hhvaem convert`: a model folder as one file or one file as a folder; a table in another format. */
export function convertCommand(program: Command): void {
  tableFlags(newCommand(program, "convert <from>", "write a table in another format; or a model folder as one file, or one file as a folder", { seed: false }))
    .requiredOption("-o, --output <path>", "a table in the format that its name asks for; a file whose name ends in .hhvaem, or a folder; - is standard output")
    .addOption(new Option("--to <format>", "the format of a table, whatever its name (default: by the name; to standard output csv)").choices(formats))
    .option("--force", "replace what is there")
    .addHelpText("after", examples("hhvaem convert patients.xlsx -o patients.csv", "hhvaem convert cars.csv -o - --to jsonl", "hhvaem convert model -o cars.hhvaem", "hhvaem convert cars.hhvaem -o model"))
    .action(async (path: string, options: ConvertOptions) => (isModel(path, await kindOf(path), options.output) ? convertModel(path, options) : convertTable(path, options)));
}

/** A folder is a model, and so is what has or is to have a model's name. */
function isModel(path: string, kind: Awaited<ReturnType<typeof kindOf>>, output: string): boolean {
  return path !== standard && (kind === "folder" || namesModelFile(path) || namesModelFile(output));
}

async function convertTable(path: string, options: ConvertOptions): Promise<void> {
  const { output, to, force, json } = options;
  if (output !== standard && to === undefined && formatOfName(output).name === "csv" && !/\.(csv|tsv|txt|tab|dat)(\.gz)?$/i.test(output)) {
    throw new UsageError(`--output ${output}: the name says no format; let it end in ${formats.slice(0, -1).map((name) => `.${name}`).join(", ")} or .${formats.at(-1)}, or say --to FORMAT.`);
  }
  await checkPlaces({ reads: { "the table itself": path }, writes: { "--output": output }, force });
  if (output !== standard) {
    checkOutputPath(output);
    const there = await kindOf(output);
    if (there === "folder") throw new UsageError(`--output ${output}: there is a folder of that name; choose another.`);
    if (there === "file" && !force) throw new UsageError(`--output ${output}: there is such a file already; choose another, or replace it with --force.`);
  }
  const table: RawTable = await loadTable(path, options);
  showNotes({ notes: table.notes, columns: [] });
  await writeTableTo(output, table, () => undefined, to ?? (output === standard ? "csv" : undefined));
  const { rows, columns } = table;
  if (json) say(output, JSON.stringify({ table: path, output, rows, columns: columns.length }));
  else say(output, `${rows} rows, ${columns.length} columns; ${outputName(output)}`);
}

async function convertModel(path: string, { output, force, json }: ConvertOptions): Promise<void> {
  const packing = (await kindOf(path)) === "folder";
  const files = await readModelAt(path);
  if (packing && !namesModelFile(output)) throw new UsageError(`--output ${output}: ${path} is a folder, so the output is a file; let its name end in .hhvaem.`);
  if (!packing && namesModelFile(output)) throw new UsageError(`--output ${output}: ${path} is a model file already, so the output is a folder; copy the file, or name a folder.`);
  checkOutputPath(output);
  await checkFree(output, packing, force);
  await checkPlaces({ reads: { "the model itself": await filesOfModel(path) }, writes: { "--output": packing ? output : filesInFolder(output) }, force });
  await writeModelAt(output, files);
  if (json) process.stdout.write(`${JSON.stringify({ model: path, output, files: [...files.keys()] })}\n`);
  else process.stdout.write(packing ? `${path} is in one file: ${output}\n` : `the files of ${path} are in ${output}: ${[...files.keys()].join(", ")}\n`);
}

/** Throws UsageError if the output would replace something that it may not. */
async function checkFree(output: string, packing: boolean, force: boolean | undefined): Promise<void> {
  const there = await kindOf(output);
  if (there === "nothing") return;
  if (packing && there === "folder") throw new UsageError(`--output ${output}: there is a folder of that name; choose another.`);
  if (!packing && there === "file") throw new UsageError(`--output ${output}: there is a file of that name; choose another.`);
  if (existsSync(join(output, "checkpoint"))) throw new UsageError(`--output ${output}: the folder holds an unfinished training; choose another.`);
  if (force) return;
  if (packing) throw new UsageError(`--output ${output}: there is such a file already; choose another, or replace it with --force.`);
  if (existsSync(join(output, "config.json"))) throw new UsageError(`--output ${output}: the folder holds a model already; choose another, or replace it with --force.`);
}
