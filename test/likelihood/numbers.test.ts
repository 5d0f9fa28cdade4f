import { expect, it } from "vitest";
import { compile, deviceTensor, gradients, sum, Tape } from "../../src/autodiff/index.ts";
import { tailDeviation, tailShare } from "../../src/likelihood/binned.ts";
import { MixedLikelihood, type MixedColumn } from "../../src/likelihood/mixed.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { numberLaw } from "../../src/model/answers/number-law.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

const bins = { low: [-2, -0.5, 0], high: [-0.5, 0, 3], mean: [-1, -0.2, 0.9], units: [1, 2, 5], atoms: false };
const atoms = { low: [-1.5, 0.5], high: [0.5, 2.5], mean: [-0.5, 1.5], units: [10, 20], atoms: true };
const columns: MixedColumn[] = [
  { kind: "learned", levels: 1, positiveWeight: 1 },
  { kind: "binned", levels: 3, positiveWeight: 1, bins },
  { kind: "binned", levels: 2, positiveWeight: 1, bins: atoms },
];
const theta = [0.4, -1.2, 9, 0.3, -0.8, 1.1, 0.5, -0.2, 9];

/** log p of a binned column, in float64. */
function binnedLogProb(logits: number[], own: typeof bins, x: number): number {
  const total = logits.reduce((a, b) => a + Math.exp(b), 0);
  const b = own.low.findIndex((low, i) => x >= low && x < own.high[i]);
  const body = b < 0 ? 0 : Math.exp(logits[b]) / total / (own.high[b] - own.low[b]);
  return Math.log((1 - tailShare) * body + (tailShare / (tailDeviation * Math.sqrt(2 * Math.PI))) * Math.exp((-0.5 * x * x) / tailDeviation ** 2));
}

it("scores learned variances and bins as float64 does, inside, between and outside the bins; gradients by central differences", async () => {
  const gpu = await testDevice();
  const mixed = new MixedLikelihood(gpu, columns, 0.1);
  const rows = [[0.9, -0.2, 1.5], [-3, 2.9, -0.4], [4, -0.5, 7]];
  const tape = new Tape();
  const t = tape.read(deviceTensor(gpu, [3, 3, 3], rows.flatMap(() => theta)));
  const logProb = mixed.logProb(t, tape.read(deviceTensor(gpu, [3, 3], rows.flat())));
  const program = await compile(gpu, { logProb, gradient: gradients(sum(logProb), [t])[0], point: mixed.point(t) });
  program.run();
  const gaussian = (m: number, logVar: number, x: number): number => -0.5 * (Math.log(2 * Math.PI) + logVar + (x - m) ** 2 * Math.exp(-logVar));
  const score = (own: number[], x: number[]): number[] => [gaussian(own[0], own[1], x[0]), binnedLogProb(own.slice(3, 6), bins, x[1]), binnedLogProb(own.slice(6, 8), atoms, x[2])];
  expectClose(await program.outputs.logProb.read(), rows.flatMap((x) => score(theta, x)), { rtol: 1e-5, atol: 1e-5 });
  const h = 1e-4;
  const difference = rows.flatMap((x) => theta.map((_, i) => {
    const moved = (by: number): number => score(theta.map((value, j) => (j === i ? value + by : value)), x).reduce((a, b) => a + b);
    return (moved(h) - moved(-h)) / (2 * h);
  }));
  expectClose(await program.outputs.gradient.read(), difference, { rtol: 1e-3, atol: 1e-4 });
  const mean = (logits: number[], values: number[]): number => logits.reduce((total, logit, b) => total + Math.exp(logit) * values[b], 0) / logits.reduce((total, logit) => total + Math.exp(logit), 0);
  const points = [0.4, mean([0.3, -0.8, 1.1], bins.mean), mean([0.5, -0.2], atoms.mean)];
  expectClose(await program.outputs.point.read(), rows.flatMap(() => points), { rtol: 1e-5, atol: 1e-5 });
});

it("the density of bins integrates to 1, its tail included", () => {
  const step = 0.01;
  let total = 0;
  for (let x = -12; x < 12; x += step) total += step * Math.exp(binnedLogProb([0.3, -0.8, 1.1], bins, x + step / 2));
  expect(Math.abs(total - 1)).toBeLessThan(1e-3);
});

it("draws on the device follow the law on the host: the share below each of some points is F there", async () => {
  const gpu = await testDevice();
  const mixed = new MixedLikelihood(gpu, columns, 0.1);
  const n = 20_000;
  const tape = new Tape();
  const t = tape.read(deviceTensor(gpu, [n, 3, 3], Float32Array.from({ length: 9 * n }, (_, i) => theta[i % 9])));
  const program = await compile(gpu, { x: mixed.sample(t, tape.read(deviceTensor(gpu, [2], keyFromSeed(4), { dtype: "u32" }))) });
  program.run();
  const x = await program.outputs.x.read();
  const flat = Float32Array.from(theta);
  columns.forEach((column, j) => {
    const law = numberLaw(column, 0.1);
    for (const place of [-1.3, -0.3, 0.2, 1, 2]) {
      let below = 0;
      for (let i = 0; i < n; i++) below += Number(x[3 * i + j] < place);
      const expected = law.cdf(flat, 3 * j, place);
      // five standard errors of a share
      expect(Math.abs(below / n - expected), `column ${j} at ${place}`).toBeLessThanOrEqual(5 * Math.sqrt((expected * (1 - expected)) / n) + 1e-6);
    }
    const draws = Array.from({ length: 2000 }, (_, i) => law.draw(flat, 3 * j, (i + 0.5) / 2000, 0));
    if (column.kind === "binned") expect(draws.reduce((a, b) => a + b) / 2000).toBeCloseTo(column.bins!.atoms ? law.mean(flat, 3 * j) : draws.reduce((a, b) => a + b) / 2000, 2);
    if (column.bins?.atoms) expect(new Set(draws)).toEqual(new Set(atoms.mean));
  });
});
