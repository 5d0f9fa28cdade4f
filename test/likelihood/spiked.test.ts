import { expect, it } from "vitest";
import { compile, deviceTensor, gradients, sum, Tape } from "../../src/autodiff/index.ts";
import type { Column } from "../../src/data/index.ts";
import { MixedLikelihood, type MixedColumn } from "../../src/likelihood/mixed.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { logSumExp, normalCdf } from "../../src/math/special.ts";
import { variance } from "../../src/math/statistics.ts";
import { numberLaw } from "../../src/model/answers/number-law.ts";
import { summarise } from "../../src/model/answers/predictive.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

const zero = { value: -0.8, low: -1.1, high: -0.5, units: 0 };
const top = { value: 2.4, low: 2.3, high: 2.5, units: 100 };
const columns: MixedColumn[] = [
  { kind: "learned", levels: 1, positiveWeight: 1 },
  { kind: "spiked", levels: 1, positiveWeight: 1, atoms: [zero], limits: [-0.5, 4] },
  { kind: "spiked", levels: 2, positiveWeight: 1, atoms: [zero, top], limits: [-0.5, 2.3] },
];
const theta = [0.4, -1.2, 9, 9, 0.3, -0.8, 1.1, 9, 0.5, -0.2, -0.7, 0.4];

/** log p in float64: an atom's probability over its width, or the Gaussian's share of the density. */
function score({ atoms = [] }: MixedColumn, own: readonly number[], x: number): number {
  const logits = [0, ...own.slice(2, 2 + atoms.length)];
  const a = atoms.findIndex(({ value }) => Math.abs(value - x) < 1e-4);
  const body = a >= 0 ? logits[a + 1] - Math.log(atoms[a].high - atoms[a].low) : -0.5 * (Math.log(2 * Math.PI) + own[1] + (x - own[0]) ** 2 * Math.exp(-own[1]));
  return body - logSumExp(logits);
}

it("numbers with atoms are scored as float64 does, on an atom and beside it; gradients by central differences; the point is the mean", async () => {
  const gpu = await testDevice();
  const mixed = new MixedLikelihood(gpu, columns, 0.1);
  const rows = [[0.9, -0.8, 2.4], [-3, 0.3, -0.8], [-0.8, -0.7985, 1.2]];
  const tape = new Tape();
  const t = tape.read(deviceTensor(gpu, [3, 3, 4], rows.flatMap(() => theta)));
  const logProb = mixed.logProb(t, tape.read(deviceTensor(gpu, [3, 3], rows.flat())));
  const program = await compile(gpu, { logProb, gradient: gradients(sum(logProb), [t])[0], point: mixed.point(t) });
  program.run();
  const scores = (own: readonly number[], x: readonly number[]): number[] => columns.map((column, j) => score(column, own.slice(4 * j, 4 * j + 4), x[j]));
  expectClose(await program.outputs.logProb.read(), rows.flatMap((x) => scores(theta, x)), { rtol: 1e-5, atol: 1e-5 });
  const h = 1e-4;
  const difference = rows.flatMap((x) => theta.map((_, i) => {
    const moved = (by: number): number => scores(theta.map((value, k) => (k === i ? value + by : value)), x).reduce((a, b) => a + b);
    return (moved(h) - moved(-h)) / (2 * h);
  }));
  expectClose(await program.outputs.gradient.read(), difference, { rtol: 1e-3, atol: 1e-4 });
  const mean = ({ atoms = [] }: MixedColumn, own: readonly number[]): number => {
    const weights = [1, ...own.slice(2, 2 + atoms.length).map(Math.exp)];
    return [own[0], ...atoms.map(({ value }) => value)].reduce((total, value, i) => total + weights[i] * value, 0) / weights.reduce((a, b) => a + b);
  };
  expectClose(await program.outputs.point.read(), rows.flatMap(() => columns.map((column, j) => mean(column, theta.slice(4 * j, 4 * j + 4)))), { rtol: 1e-5, atol: 1e-5 });
});

it("draws on the device and on the host follow one law: atoms as often as their probability, others within the limits", async () => {
  const gpu = await testDevice();
  const mixed = new MixedLikelihood(gpu, columns, 0.1);
  const n = 20_000;
  const tape = new Tape();
  const t = tape.read(deviceTensor(gpu, [n, 3, 4], Float32Array.from({ length: 12 * n }, (_, i) => theta[i % 12])));
  const program = await compile(gpu, { x: mixed.sample(t, tape.read(deviceTensor(gpu, [2], keyFromSeed(4), { dtype: "u32" }))) });
  program.run();
  const x = await program.outputs.x.read();
  const flat = Float32Array.from(theta);
  columns.slice(1).forEach((column, i) => {
    const j = i + 1;
    const law = numberLaw(column, 0.1);
    const own = Float64Array.from({ length: n }, (_, row) => x[3 * row + j]);
    for (const { value } of column.atoms!) {
      const expected = law.cdf(flat, 4 * j, value + 1e-3) - law.cdf(flat, 4 * j, value - 1e-3);
      const share = own.filter((draw) => Math.abs(draw - value) < 1e-5).length / n;
      expect(Math.abs(share - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / n));
    }
    for (const place of [-0.6, 0, 0.7, 1.5]) {
      const expected = law.cdf(flat, 4 * j, place);
      const below = own.filter((draw) => draw < place).length / n;
      expect(Math.abs(below - expected), `column ${j} at ${place}`).toBeLessThanOrEqual(5 * Math.sqrt((expected * (1 - expected)) / n) + 1e-6);
    }
    const isAtom = (draw: number): boolean => column.atoms!.some(({ value }) => Math.abs(draw - value) < 1e-5);
    expect(own.every((draw) => isAtom(draw) || (draw >= column.limits![0] - 1e-6 && draw <= column.limits![1] + 1e-6))).toBe(true);
    // host draws by their uniform number: the first atom, then the second, then the Gaussian
    const uniform = Array.from({ length: 2000 }, (_, k) => (k + 0.5) / 2000);
    const host = uniform.filter((u) => law.draw(flat, 4 * j, u, 0) === column.atoms![0].value).length / 2000;
    expect(host).toBeCloseTo(law.cdf(flat, 4 * j, zero.value + 1e-3) - law.cdf(flat, 4 * j, zero.value - 1e-3), 2);
  });
});

it("the mean in original units counts the atoms as they are, and the rest within the limits of draws", () => {
  const column: Column = { name: "porch", role: "feature", type: "positive", mean: 1.2, std: 1.5, range: [0, 200], atoms: [{ value: 0, low: -10, high: 10, share: 0.7 }] };
  const law = numberLaw(columns[1], 0.1);
  const share = 1 / (1 + Math.exp(1.1));
  const flat = Float32Array.from(theta);
  // E[min(e^(mean + std u) - 1, 300)], u ~ N(m, v), by 10^5 quantiles of u between -8 and 8
  const [m, sd] = [0.3, Math.exp(-0.4)];
  let expected = 0;
  for (let z = -8; z < 8; z += 1e-3) expected += (normalCdf(z + 1e-3) - normalCdf(z)) * Math.min(300, Math.max(0, Math.expm1(1.2 + 1.5 * (m + sd * (z + 5e-4)))));
  expect(Math.abs(law.units(flat, 4, column) / (share * expected) - 1)).toBeLessThan(0.01);
  // a draw as wide as can be has no mean beyond what a cell could hold
  expect(law.units(Float32Array.from([0, 0, 0, 0, 3, 4, -20, 0]), 4, column)).toBeLessThanOrEqual(300);
});

it("draws for summaries: the number beside an atom has the Gaussian's own deviation, whatever the atom's share", () => {
  const mixed: MixedColumn = { kind: "spiked", levels: 1, positiveWeight: 1, atoms: [{ value: -9, low: -9.1, high: -8.9, units: -9 }], limits: [-Infinity, Infinity] };
  const column: Column = { name: "a", role: "feature", type: "real", mean: 0, std: 1 };
  const n = 4000;
  // P(atom) = 1/2, N(0, 1) beside it
  const cell = [{ theta: new Float32Array(3 * n), draws: n, at: 0, columns: 1, mixed, variance: 1 }];
  const beside = Array.from(summarise(cell, column, { key: keyFromSeed(4), interval: 0.9 }).draws()).filter((value) => value !== -9);
  // standard errors 0.011 of the share, 0.032 of the variance of 2,000 numbers
  expect(Math.abs(beside.length / n - 0.5)).toBeLessThan(0.04);
  expect(Math.abs(variance(beside) - 1)).toBeLessThan(0.12);
});
