import { existsSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseResults, ResultsError, type SaiaResult, type SaiaSettings } from "../experiments/index.ts";
import { makeFolder, writeOutput } from "./files.ts";
import { UsageError } from "./usage-error.ts";

/** What makes two experiments the same, besides their settings. */
export interface SaiaIdentity extends SaiaSettings {
  version: 1;
  table: string;
  splits: string;
  schema: string;
  command: string;
}

/** An experiment's folder: experiment.json, results.jsonl (a line per finished piece), models/. */
export class ExperimentFolder {
  private constructor(
    readonly dir: string,
    readonly identity: SaiaIdentity,
    readonly results: SaiaResult[],
  ) {}

  /** Opens the folder of an experiment to go on with, or begins it. Throws UsageError if it holds another one. */
  static async begin(dir: string, identity: SaiaIdentity): Promise<ExperimentFolder> {
    const path = join(dir, "experiment.json");
    if (existsSync(path)) {
      const different = differences(await readIdentity(dir), identity);
      if (different.length > 0) throw new UsageError(`${dir} holds another experiment (${different.join("; ")}); choose another --out, or repeat its options.`);
    } else {
      if (existsSync(join(dir, "results.jsonl"))) throw new UsageError(`${dir} holds results.jsonl but no experiment.json, so that nobody knows what it is of; choose another --out.`);
      await makeFolder(dir);
      await writeOutput(path, `${JSON.stringify(identity, null, 2)}\n`);
    }
    return ExperimentFolder.open(dir, { repair: true });
  }

  /** Reads a folder; `repair` removes a last line that was cut off. Throws UsageError if it is none or its results are damaged. */
  static async open(dir: string, options: { repair?: boolean } = {}): Promise<ExperimentFolder> {
    const identity = await readIdentity(dir);
    const path = join(dir, "results.jsonl");
    if (!existsSync(path)) return new ExperimentFolder(dir, identity, []);
    const text = await readFile(path, "utf8");
    try {
      const { results, whole } = parseResults(text, path, identity.features.length);
      if (options.repair && whole !== text) await writeOutput(path, whole);
      return new ExperimentFolder(dir, identity, results);
    } catch (cause) {
      if (cause instanceof ResultsError) throw new UsageError(cause.message);
      throw cause;
    }
  }

  async add(result: SaiaResult): Promise<void> {
    await appendFile(join(this.dir, "results.jsonl"), `${JSON.stringify(result)}\n`);
    this.results.push(result);
  }

  model(fold: number, name: string): string {
    return join(this.dir, "models", `fold-${fold}-${name}`);
  }
}

async function readIdentity(dir: string): Promise<SaiaIdentity> {
  const path = join(dir, "experiment.json");
  if (!existsSync(path)) throw new UsageError(`${dir} holds no experiment (there is no experiment.json); make one with \`hhvaem experiment saia ... --out ${dir}\`.`);
  try {
    const identity = JSON.parse(await readFile(path, "utf8")) as SaiaIdentity;
    if (identity.version === 1 && Array.isArray(identity.features)) return identity;
  } catch {
    // told below
  }
  throw new UsageError(`${path} is damaged or of another version; choose another --out, or remove the folder and start anew.`);
}

/** "draws: 200 there, 100 here" for every setting that differs. */
function differences(there: SaiaIdentity, here: SaiaIdentity): string[] {
  const hashes: Partial<Record<keyof SaiaIdentity, string>> = { table: "another table", splits: "other splits", schema: "other columns or types" };
  const flat = (identity: SaiaIdentity): Map<string, string> =>
    new Map(
      Object.entries(identity)
        .filter(([name]) => name !== "command")
        .flatMap(([name, value]) => (name === "schedule" ? Object.entries(value as object) : [[name, value] as const]))
        .map(([name, value]) => [name, JSON.stringify(value)]),
    );
  const [a, b] = [flat(there), flat(here)];
  return [...b.keys()].filter((name) => a.get(name) !== b.get(name)).map((name) => hashes[name as keyof SaiaIdentity] ?? `${name}: ${a.get(name)} there, ${b.get(name)} here`);
}
