import { spawnSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { tuningFromEnvironment } from "../src/cli/device.ts";
import type { Gpu } from "../src/gpu/device.ts";
import { openDevice } from "../src/gpu/open-dawn.ts";
import type { Context } from "./benchmark.ts";
import { all } from "./benchmarks/all.ts";
import { loadCompetitors, nobody } from "./competitors/competitors.ts";
import { interleave, processorClock } from "./measure.ts";
import { helpText, OptionError, parseOptions, type Options } from "./options.ts";
import { record, writeResults, type Machine, type Named } from "./record.ts";
import { short } from "./numbers.ts";
import { asText } from "./report.ts";

/** The folder bench/: the bundle lies in bench/.cache. */
const bench = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Runs what the arguments ask for; the exit status. */
export async function runBench(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args, all);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(helpText(all));
    return 0;
  }
  // Dawn rounds timestamps to 65.5 us otherwise
  const gpu = await openDevice({ dawnSwitches: ["disable-dawn-features=timestamp_quantization"], tuning: tuningFromEnvironment() });
  const clock = options.cpu ? processorClock : () => performance.now();
  const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);
  const competitors = options.alone ? nobody : await loadCompetitors(gpu, { clock, processorTime: options.cpu, bench, say });
  const effort = options.quick ? { rounds: 1, sampleMs: 0, budgetMs: 1000 } : { rounds: options.rounds, sampleMs: 30, budgetMs: 2500 };
  const context: Context = {
    gpu, clock, competitors, say,
    quick: options.quick,
    measure: async (contenders, rounds = effort.rounds) => {
      const measured = await interleave(contenders, { ...effort, rounds: Math.min(rounds, effort.rounds) });
      say(`  ${measured.map(({ name, ms }) => `${name} ${short(ms)} ms`).join(", ")}`);
      return measured;
    },
  };
  const machine = describeMachine(gpu, options, args);
  if (!options.json) process.stdout.write(`${machine.adapter}\n${machine.cores}\n`);
  const results: Named[] = [];
  let failed = 0;
  for (const { name, about, run } of options.benchmarks) {
    const begin = performance.now();
    try {
      const result = await run(context);
      results.push({ name, about, ...result });
      if (result.failed) failed++;
      // at once, so that what is measured stays where a later one takes the machine down
      if (options.out !== undefined) say(`wrote ${writeResults(options.out, results, machine, options.quick).join(" and ")}`);
      if (!options.json) process.stdout.write(`\n${name}: ${about}\n${asText(result)}\n`);
      if (options.record) record(join(bench, "RESULTS.md"), name, about, result, { ...machine, command: `npm run bench -- ${[name, ...args.filter((arg) => arg.startsWith("--") && arg !== "--install")].join(" ")}` });
    } catch (error) {
      failed++;
      process.stderr.write(`${name}: ${(error as Error).stack}\n`);
    }
    say(`${name} took ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ ...machine, quick: options.quick, results })}\n`);
  await competitors.close();
  gpu.close();
  return failed === 0 ? 0 : 1;
}

function describeMachine(gpu: Gpu, options: Options, args: readonly string[]): Machine {
  const git = (...words: string[]): string => spawnSync("git", words, { cwd: bench, encoding: "utf8" }).stdout?.trim() ?? "";
  const changed = git("status", "--porcelain", "--untracked-files=no") === "" ? "" : " with changes";
  return {
    adapter: `${gpu.name}${gpu.software ? " (a software adapter: these are times of the processor)" : ""}`,
    cores: `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown processor"}; ${options.cpu ? "processor time of all threads" : "wall time"}, medians`,
    command: ["npm run bench --", ...args].join(" "),
    commit: `${git("rev-parse", "--short", "HEAD") || "unknown"}${changed}`,
    date: new Date().toISOString().slice(0, 10),
  };
}
