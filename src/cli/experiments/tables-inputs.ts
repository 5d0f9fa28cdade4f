import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseSplits, TableError } from "../../data/index.ts";
import { paperSettings, settingsProblem, variantsProblems, type TableSettings, type Variants } from "../../experiments/index.ts";
import { readInput } from "../inputs/files.ts";
import { featureNames, loadSchema, loadTable } from "../inputs/tables.ts";
import { UsageError } from "../usage-error.ts";
import { parseFolds } from "./pieces.ts";

/** A table of the experiment: where it is and what is known of it. */
export interface FoundTable {
  name: string;
  data: string;
  splits: string;
  settings: TableSettings;
  folds: number[];
  content: string;
}

/** The tables of a folder: of each subfolder, or of the folder itself, data.csv or data.parquet and splits.csv, gzipped or not. */
export async function findTables(options: { data: string; tables?: string[]; settings?: string; folds?: string }): Promise<FoundTable[]> {
  const known = { ...paperSettings, ...(await readSettings(options.settings)) };
  const place = (dir: string): { data: string; splits: string } | undefined => {
    const first = (names: string[]): string | undefined => names.map((name) => join(dir, name)).find(existsSync);
    const [data, splits] = [first(["data.csv", "data.csv.gz", "data.parquet"]), first(["splits.csv", "splits.csv.gz"])];
    return data !== undefined && splits !== undefined ? { data, splits } : undefined;
  };
  const own = basename(resolve(options.data));
  const single = place(options.data);
  const names = options.tables ?? (single ? [own] : Object.keys(known).filter((name) => place(join(options.data, name))));
  if (names.length === 0) throw new UsageError(`--data ${options.data}: found no table; expected folders ${Object.keys(known).join(", ")} with data.csv and splits.csv (\`hhvaem data fetch\` gets the data).`);
  const found: FoundTable[] = [];
  for (const name of names) {
    const settings = known[name];
    if (!settings) throw new UsageError(`--tables ${name}: nothing is known of this table; give its target, latents and schedule with --settings FILE. Known: ${Object.keys(known).join(", ")}.`);
    const paths = single && name === own ? single : place(join(options.data, name));
    if (!paths) throw new UsageError(`--tables ${name}: expected data.csv (or .csv.gz, .parquet) and splits.csv (or .csv.gz) in ${join(options.data, name)}.`);
    found.push({ name, ...paths, settings, ...(await inspect(paths, settings, options.folds)) });
  }
  return found;
}

/** Reads a table once, so that what is wrong with it is said before hours of work. */
async function inspect({ data, splits: path }: { data: string; splits: string }, settings: TableSettings, wanted: string | undefined): Promise<{ folds: number[]; content: string }> {
  const table = await loadTable(data, {});
  const schema = await loadSchema(table, data, settings.target, { type: (settings.ignore ?? []).map((name) => `${name}=ignore`), levelRule: "unordered" });
  const bytes = await readInput(path);
  const splits = parseSplits(bytes, featureNames(schema), table.rows, basename(path));
  const folds = parseFolds(wanted, [...new Set(splits.fold)].sort((a, b) => a - b));
  return { folds, content: createHash("sha256").update(table.content).update(bytes).digest("hex") };
}

async function readSettings(path: string | undefined): Promise<Record<string, TableSettings>> {
  const value = await readJson(path, "an object per table");
  return checked(path, value, Object.entries((value ?? {}) as object).flatMap(([name, settings]) => settingsProblem(name, settings) ?? []));
}

/** Methods of one's own, from a file. */
export async function readVariants(path: string | undefined): Promise<Variants> {
  const value = await readJson(path, "an object per method");
  return checked(path, value, variantsProblems(value));
}

async function readJson(path: string | undefined, expected: string): Promise<unknown> {
  if (path === undefined) return {};
  try {
    return JSON.parse(new TextDecoder().decode(await readInput(path)));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${path}: expected JSON with ${expected}, got ${(cause as Error).message}.`);
  }
}

function checked<T>(path: string | undefined, value: unknown, problems: readonly string[]): T {
  if (problems.length > 0) throw new TableError(problems.map((message) => ({ message })), basename(path!));
  return value as T;
}
