import { parseArgs } from "node:util";
import type { Gpu } from "../../src/gpu/device.ts";
import { openDevice } from "../../src/gpu/open-dawn.ts";
import { keepInput, keptInputs } from "./corpus.ts";
import { targets } from "./targets.ts";
import { tryTarget } from "./try-target.ts";

const help = `npm run fuzz -- [--minutes N] [--seed N] [TARGET ...]: tries inputs at random until the time is over, each target in turn.
Inputs that go wrong are made small and kept in test/fuzz/corpus, with which every later run and \`npm test\` begin.

  --minutes N   how long (default: 1)
  --seed N      where the random inputs begin (default: the time; it is printed)

Targets:
${targets.map(({ name, about }) => `  ${name.padEnd(20)} ${about}`).join("\n")}
`;

/** Seconds of each turn. */
const turn = 10;

/** Runs the campaign; the exit status: 0, 1 where something went wrong, 2 for wrong arguments. */
export async function main(args: readonly string[], corpus: string): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { minutes: { type: "string", default: "1" }, seed: { type: "string" }, help: { type: "boolean", short: "h" } } });
  if (values.help) return process.stdout.write(help), 0;
  const [minutes, first] = [Number(values.minutes), Number(values.seed ?? Date.now() % 2 ** 31)];
  const unknown = positionals.filter((name) => !targets.some((own) => own.name === name));
  if (!(minutes > 0) || !Number.isInteger(first) || unknown.length > 0) {
    process.stderr.write(`${unknown.length > 0 ? `there is no target ${unknown.join(", ")}` : "--minutes is a number above 0, --seed a whole one"}\n\n${help}`);
    return 2;
  }
  let device: Promise<Gpu> | undefined;
  const open = (): Promise<Gpu> => (device ??= openDevice());
  const wanted = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const tried = new Map(wanted.map(({ name }) => [name, 0]));
  const failed = new Set<string>();
  const end = performance.now() + 60_000 * minutes;
  process.stdout.write(`seed ${first}\n`);
  for (let round = 0; performance.now() < end; round++) {
    const left = wanted.filter(({ name }) => !failed.has(name));
    if (left.length === 0) break;
    for (const one of left) {
      const seconds = Math.min(turn, (end - performance.now()) / 1000);
      if (seconds <= 0) break;
      const seed = (first + round) % 2 ** 31;
      const result = await tryTarget(one, { runs: 1_000_000, seed, kept: round === 0 ? keptInputs(corpus, one.name) : [], device: open, seconds });
      tried.set(one.name, tried.get(one.name)! + result.tried);
      if (!result.failure) continue;
      failed.add(one.name);
      const { input, path, message } = result.failure;
      const isNew = keepInput(corpus, one.name, input);
      process.stdout.write(`\n${one.name} went wrong (seed ${seed}, path ${path})${isNew ? ", kept in the corpus" : ""}:\n${JSON.stringify(input)}\n${message}\n\n`);
    }
  }
  for (const [name, count] of tried) process.stdout.write(`${String(count).padStart(9)}  ${name}${failed.has(name) ? ": went wrong" : ""}\n`);
  (await device)?.close();
  return failed.size > 0 ? 1 : 0;
}
