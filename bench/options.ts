import { parseArgs } from "node:util";
import type { Benchmark } from "./benchmark.ts";
import { profileBenchmark, profiledStages, type ProfiledStage } from "./benchmarks/profile.ts";

export interface Options {
  readonly benchmarks: readonly Benchmark[];
  readonly json: boolean;
  readonly quick: boolean;
  readonly record: boolean;
  /** Where to put all results, without a suffix. */
  readonly out?: string;
  readonly cpu: boolean;
  readonly alone: boolean;
  readonly rounds: number;
  readonly help: boolean;
}

export class OptionError extends Error {}

export function helpText(benchmarks: readonly Benchmark[]): string {
  const width = Math.max(...benchmarks.map(({ name }) => name.length));
  return `npm run bench -- [NAME ...] [options]

Without a name all run but those marked "on request". Each checks its results before it times them.
Behind "profile" stand the stages to look at: ${profiledStages.join(", ")}; without one, all.

${benchmarks.map(({ name, about, onRequest }) => `  ${name.padEnd(width)}  ${about}${onRequest ? " (on request)" : ""}`).join("\n")}

  --json       results as JSON on standard output
  --record     put each result into its section of bench/RESULTS.md
  --out PATH   all results in PATH.json and, as tables, in PATH.md; with the date in place of DATE, the commit of COMMIT
  --alone      only ours: no TensorFlow.js, jax-js or PyTorch
  --install    first install TensorFlow.js and jax-js into bench/.cache
  --rounds N   rounds of each contender (default 9)
  --cpu        time by processor time, for software adapters on busy machines
  --quick      tiny sizes, one round: shows that everything runs, says nothing about speed
  --help       this text
`;
}

/** Options from the command line. Throws OptionError with what is wrong and what there is. */
export function parseOptions(args: readonly string[], benchmarks: readonly Benchmark[]): Options {
  const parsed = (() => {
    try {
      const flag = { type: "boolean", default: false } as const;
      return parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { json: flag, quick: flag, record: flag, cpu: flag, alone: flag, help: flag, rounds: { type: "string", default: "9" }, out: { type: "string" } },
      });
    } catch (error) {
      throw new OptionError(`${(error as Error).message}\n\n${helpText(benchmarks)}`);
    }
  })();
  const { values, positionals } = parsed;
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new OptionError(`--rounds ${values.rounds}: expected a whole number of at least 1.`);
  const isStage = (name: string): name is ProfiledStage => profiledStages.some((stage) => stage === name);
  const stages = positionals.includes("profile") ? positionals.filter(isStage) : [];
  const named = positionals.filter((name) => stages.length === 0 || !isStage(name)).map((name) => {
    if (name === "profile" && stages.length > 0) return profileBenchmark(stages);
    const found = benchmarks.find((benchmark) => benchmark.name === name);
    if (!found) throw new OptionError(`there is no benchmark "${name}"; there are ${benchmarks.map((benchmark) => benchmark.name).join(", ")}.`);
    return found;
  });
  if (values.record && values.quick) throw new OptionError("--record and --quick exclude each other: quick runs say nothing about speed.");
  const { json, quick, record, out, cpu, alone, help } = values;
  return { benchmarks: named.length > 0 ? named : benchmarks.filter(({ onRequest }) => !onRequest), json, quick, record, out, cpu, alone, rounds, help };
}
