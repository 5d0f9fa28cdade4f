import { existsSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { ResultsError } from "../../experiments/index.ts";
import { makeFolder, writeOutput } from "../inputs/files.ts";
import { UsageError } from "../usage-error.ts";

/** What every experiment.json has. */
export interface ExperimentIdentity {
  version: 1;
  experiment?: string;
  command: string;
}

/** How the folders of one kind of experiment are read. */
export interface ExperimentKind<Identity extends ExperimentIdentity, Result> {
  /** Its name on the command line. */
  readonly name: string;
  fits(identity: Identity): boolean;
  /** What makes two experiments different, for people to read; nothing: the one goes on with the other. */
  differences(there: Identity, here: Identity): string[];
  /** What the folder's identity is when a command goes on with it. */
  joined(there: Identity, here: Identity): Identity;
  /** Throws ResultsError for a damaged line. */
  parse(text: string, source: string, identity: Identity): { results: Result[]; whole: string };
}

/** An experiment's folder: experiment.json, results.jsonl (a line per finished piece), models/. */
export class ExperimentFolder<Identity extends ExperimentIdentity, Result> {
  private constructor(
    readonly dir: string,
    readonly identity: Identity,
    readonly results: Result[],
  ) {}

  /** Opens the folder of an experiment to go on with, or begins it. Throws UsageError if it holds another one. */
  static async begin<Identity extends ExperimentIdentity, Result>(dir: string, identity: Identity, kind: ExperimentKind<Identity, Result>): Promise<ExperimentFolder<Identity, Result>> {
    const path = join(dir, "experiment.json");
    let joined = identity;
    if (existsSync(path)) {
      const there = await readIdentity(dir, kind);
      const different = kind.differences(there, identity);
      if (different.length > 0) throw new UsageError(`${dir} holds another experiment (${different.join("; ")}); choose another --out, or repeat its options.`);
      joined = kind.joined(there, identity);
    } else {
      if (existsSync(join(dir, "results.jsonl"))) throw new UsageError(`${dir} holds results.jsonl but no experiment.json, so that nobody knows what it is of; choose another --out.`);
      await makeFolder(dir);
    }
    await writeOutput(path, `${JSON.stringify(joined, null, 2)}\n`);
    return ExperimentFolder.open(dir, kind, { repair: true });
  }

  /** Reads a folder; `repair` removes a last line that was cut off. Throws UsageError if it is none or its results are damaged. */
  static async open<Identity extends ExperimentIdentity, Result>(dir: string, kind: ExperimentKind<Identity, Result>, options: { repair?: boolean } = {}): Promise<ExperimentFolder<Identity, Result>> {
    const identity = await readIdentity(dir, kind);
    const path = join(dir, "results.jsonl");
    if (!existsSync(path)) return new ExperimentFolder<Identity, Result>(dir, identity, []);
    const text = await readFile(path, "utf8");
    try {
      const { results, whole } = kind.parse(text, path, identity);
      if (options.repair && whole !== text) await writeOutput(path, whole);
      return new ExperimentFolder<Identity, Result>(dir, identity, results);
    } catch (cause) {
      if (cause instanceof ResultsError) throw new UsageError(cause.message);
      throw cause;
    }
  }

  async add(result: Result): Promise<void> {
    await appendFile(join(this.dir, "results.jsonl"), `${JSON.stringify(result)}\n`);
    this.results.push(result);
  }

  model(name: string): string {
    return join(this.dir, "models", name);
  }
}

/** The name of the kind of experiment in a folder. Throws UsageError if it holds none. */
export async function experimentName(dir: string): Promise<string> {
  const identity = await readJson(dir);
  return identity.experiment ?? "saia"; // the first kind did not write its name
}

async function readIdentity<Identity extends ExperimentIdentity, Result>(dir: string, kind: ExperimentKind<Identity, Result>): Promise<Identity> {
  const identity = (await readJson(dir)) as Identity;
  if (identity.version === 1 && (identity.experiment ?? "saia") === kind.name && kind.fits(identity)) return identity;
  throw damaged(join(dir, "experiment.json"));
}

async function readJson(dir: string): Promise<ExperimentIdentity> {
  const path = join(dir, "experiment.json");
  if (!existsSync(path)) throw new UsageError(`${dir} holds no experiment (there is no experiment.json); make one with \`hhvaem experiment ... --out ${dir}\`.`);
  try {
    const identity = JSON.parse(await readFile(path, "utf8")) as ExperimentIdentity | null;
    if (typeof identity === "object" && identity !== null) return identity;
  } catch {
    // told below
  }
  throw damaged(path);
}

function damaged(path: string): UsageError {
  return new UsageError(`${path} is damaged, or of another experiment or version; choose another --out, or remove the folder and start anew.`);
}

/** "draws: 200 there, 100 here" for every setting that differs; `named`: settings whose values say nothing, and what to say instead. */
export function settingDifferences(there: ReadonlyMap<string, unknown>, here: ReadonlyMap<string, unknown>, named: Readonly<Record<string, string>> = {}): string[] {
  const text = (all: ReadonlyMap<string, unknown>, name: string): string | undefined => JSON.stringify(all.get(name));
  return [...here.keys()].filter((name) => text(there, name) !== text(here, name)).map((name) => named[name] ?? `${name}: ${text(there, name)} there, ${text(here, name)} here`);
}

/** What a report is made of: FILE, and FILE's name with other endings. */
export function reportFiles(path: string | undefined, endings: readonly string[]): string[] {
  if (path === undefined) return [];
  const stem = join(dirname(path), basename(path, extname(path)));
  return [path, ...endings.map((ending) => `${stem}${ending}`)];
}

/** What a command writes into an experiment's folder, and the report beside it. */
export function experimentFiles(dir: string, names: readonly string[], report: string | undefined, endings: readonly string[]): Record<string, string[]> {
  return { "--out": ["experiment.json", "results.jsonl", ...names].map((name) => join(dir, name)), "--report": reportFiles(report, endings) };
}
