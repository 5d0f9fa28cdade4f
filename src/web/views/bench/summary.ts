import type { FamilyName } from "../../engine/bench-families.ts";
import type { BenchReport, BenchResult } from "../../engine/bench-part.ts";

/** What is measured, in the order of the page. */
export const families: readonly { name: FamilyName; title: string; about: string }[] = [
  { name: "registers", title: "Multiply-adds in registers", about: "no memory: the ceiling of everything below" },
  { name: "matmul", title: "Products of matrices", about: "rows x inner size x columns, float32; 3,000 and 51,000 rows are the model's own shapes" },
  { name: "leapfrog", title: "Hamiltonian Monte Carlo", about: "five leapfrog steps of a decoder 15-256-26 with momenta and the Metropolis test, in one kernel" },
  { name: "elbo-step", title: "Training, ELBO stage", about: "one step at the size of the Boston table, HHVAEM" },
  { name: "hmc-step", title: "Training, HMC stage", about: "one step: chains of the batch, their gradients, the networks' update" },
];

/** Of a family the result with the highest rate; without rates the last. */
export function bestOf(results: readonly BenchResult[], family: FamilyName): BenchResult | undefined {
  const own = results.filter((result) => result.family === family);
  return own.reduce<BenchResult | undefined>((best, result) => (best === undefined || rateOf(result) >= rateOf(best) ? result : best), undefined);
}

/** Operations or leapfrog steps per second; of steps of training 1 / s. */
export function rateOf({ operations, leapfrogSteps, ms }: BenchResult): number {
  return ((leapfrogSteps ?? operations ?? 1) / ms) * 1000;
}

/** "18.8 GFLOP/s" or "0.86 million leapfrog steps/s". */
export function rateText(result: BenchResult): string {
  if (result.leapfrogSteps !== undefined) return `${digits(rateOf(result) / 1e6)} million leapfrog steps/s`;
  if (result.operations !== undefined) return `${digits(rateOf(result) / 1e9)} GFLOP/s`;
  return "";
}

/** Three significant digits. */
export function digits(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}

/** "Chrome 150", from the browser's own name for itself. */
export function browserName(userAgent: string): string {
  const found = /(Firefox|Edg|OPR|Chrome)\/(\d+)/g;
  const names = new Map([...userAgent.matchAll(found)].map(([, name, version]) => [name, version]));
  for (const [name, title] of [["Edg", "Edge"], ["OPR", "Opera"], ["Firefox", "Firefox"], ["Chrome", "Chrome"]]) {
    if (names.has(name)) return `${title} ${names.get(name)}`;
  }
  const safari = /Version\/(\d+).*Safari/.exec(userAgent);
  return safari ? `Safari ${safari[1]}` : "a browser";
}

/** Everything that matters in one line, to be pasted into a message. */
export function lineOf({ adapter, results }: BenchReport, version: string, userAgent: string, day: string): string {
  const [matmul, leapfrog, elbo, hmc] = (["matmul", "leapfrog", "elbo-step", "hmc-step"] as const).map((family) => bestOf(results, family));
  return [
    `hhvaem ${version}`,
    adapter.name,
    matmul && `matmul ${matmul.size}: ${rateText(matmul)}`,
    leapfrog && `HMC, ${leapfrog.size}: ${rateText(leapfrog)}`,
    elbo && `ELBO step ${digits(elbo.ms)} ms`,
    hmc && `HMC step ${digits(hmc.ms)} ms`,
    browserName(userAgent),
    day,
  ]
    .filter(Boolean)
    .join(" | ");
}
