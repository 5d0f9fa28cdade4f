import { expect, it } from "vitest";
import { compile, deviceTensor, gradients, sum, Tape } from "../../src/autodiff/index.ts";
import { codeTable, codeValue, decodeValue, inferSchema, parseTable, withQuantiles, type Column } from "../../src/data/index.ts";
import { MixedLikelihood, type MixedColumn } from "../../src/likelihood/mixed.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { numberLaw } from "../../src/model/answers/number-law.ts";
import { meanInUnits } from "../../src/model/answers/predictive.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

const column: Column = { name: "k", role: "feature", type: "count", mean: 1.4, std: 0.8, decimals: 0 };
const mixed: MixedColumn = { kind: "count", levels: 1, positiveWeight: 1, scale: { mean: column.mean!, std: column.std! } };
const code = (k: number): number => codeValue(column, k);

/** P(X = k): how much of a logistic variable lies nearest to k, in float64. */
function logProbability([location, logScale]: readonly number[], k: number): number {
  const place = (edge: number): number => (code(edge) - location) / Math.exp(logScale);
  const [a, b] = [k === 0 ? -Infinity : place(k - 0.5), place(k + 0.5)];
  // sigmoid(b) - sigmoid(a) = (e^-a - e^-b) / ((1 + e^-a)(1 + e^-b)), from the side where e^-a is small
  const [u, v] = a + b > 0 ? [a, b] : [-b, -a];
  const lower = u === -Infinity ? 0 : Math.log(-Math.expm1(u - v)) - u - Math.log1p(Math.exp(-u)) - Math.log1p(Math.exp(-v));
  return u === -Infinity ? -Math.log1p(Math.exp(-v)) : lower;
}

it("scores whole numbers from 0 to a million as float64 does, far from the location too; gradients by central differences", async () => {
  const gpu = await testDevice();
  const likelihood = new MixedLikelihood(gpu, [mixed], 0.1);
  const numbers = [0, 1, 2, 7, 40, 1000, 1e6];
  const parameters = [[0.3, -1.1], [-2.5, 0.4], [6, -2], [14, -3.2]];
  const cases = parameters.flatMap((own) => numbers.map((k) => ({ own, k })));
  const tape = new Tape();
  const t = tape.read(deviceTensor(gpu, [cases.length, 1, 2], cases.flatMap(({ own }) => own)));
  const logProb = likelihood.logProb(t, tape.read(deviceTensor(gpu, [cases.length, 1], cases.map(({ k }) => code(k)))));
  const program = await compile(gpu, { logProb, gradient: gradients(sum(logProb), [t])[0] });
  program.run();
  expectClose(await program.outputs.logProb.read(), cases.map(({ own, k }) => logProbability(own, k)), { rtol: 1e-5, atol: 2e-4 });
  const h = 1e-5;
  const slope = (own: number[], k: number, i: number): number => (logProbability(own.map((value, j) => (i === j ? value + h : value)), k) - logProbability(own.map((value, j) => (i === j ? value - h : value)), k)) / (2 * h);
  expectClose(await program.outputs.gradient.read(), cases.flatMap(({ own, k }) => [slope(own, k, 0), slope(own, k, 1)]), { rtol: 1e-3, atol: 1e-3 });
});

it("probabilities sum to 1, and can be narrower than Poisson's", () => {
  const law = numberLaw(mixed, 0.1);
  for (const own of [[0.3, -1.1], [-2.5, 0.4], [1, -3]]) {
    let total = 0;
    for (let k = 0; k < 20_000; k++) total += Math.exp(logProbability(own, k));
    // what is left is the tail beyond
    expect(total + 1 - law.cdf(Float32Array.from(own), 0, code(19_999.5))).toBeCloseTo(1, 6);
  }
  const narrow = Array.from({ length: 40 }, (_, k) => Math.exp(logProbability([1, -3], k)));
  const mean = narrow.reduce((a, p, k) => a + k * p, 0);
  expect(narrow.reduce((a, p, k) => a + p * (k - mean) ** 2, 0)).toBeLessThan(0.3 * mean);
});

it("draws whole numbers with their probabilities, on the device and on the host; the answer is the median", async () => {
  const gpu = await testDevice();
  const n = 20_000;
  const own = [0.3, -1.1];
  const likelihood = new MixedLikelihood(gpu, [mixed], 0.1);
  const tape = new Tape();
  const t = tape.read(deviceTensor(gpu, [n, 1, 2], Float32Array.from({ length: 2 * n }, (_, i) => own[i % 2])));
  const program = await compile(gpu, { x: likelihood.sample(t, tape.read(deviceTensor(gpu, [2], keyFromSeed(5), { dtype: "u32" }))) });
  program.run();
  const theta = Float32Array.from(own);
  const law = numberLaw(mixed, 0.1);
  const device = Array.from(await program.outputs.x.read(), (coded) => decodeValue(column, coded));
  const host = Array.from({ length: n }, (_, i) => decodeValue(column, law.draw(theta, 0, (i + 0.5) / n, 0)));
  for (let k = 0; k < 12; k++) {
    const p = Math.exp(logProbability(own, k));
    const share = (draws: number[]): number => draws.filter((value) => value === k).length / n;
    // five standard errors of a share; the host's numbers are spread evenly
    expect(Math.abs(share(device) - p), `${k} on the device`).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / n));
    expect(Math.abs(share(host) - p), `${k} on the host`).toBeLessThanOrEqual(2 / n);
    expect(law.cdf(theta, 0, code(k))).toBeCloseTo(Array.from({ length: k }, (_, i) => Math.exp(logProbability(own, i))).reduce((a, b) => a + b, 0) + p / 2, 6);
  }
  const cell = [{ theta, draws: 1, at: 0, columns: 1, mixed, variance: 0.1 }];
  expect(meanInUnits(cell, column)).toBe([...host].sort((a, b) => a - b)[n / 2]);
  expectClose([law.mean(theta, 0)], [host.reduce((a, k) => a + code(k), 0) / n], { atol: 0.01 });
});

it("bins of a count lie between whole numbers, and give them probabilities that sum to 1 but for the broad tail", async () => {
  const gpu = await testDevice();
  const rows = Array.from({ length: 400 }, (_, i) => Math.floor(60 * (0.5 + 0.5 * Math.sin(7 * i)) ** 3));
  const table = parseTable(`k,few\n${rows.map((k) => `${k},${[0, 2, 3, 9][k % 4]}`).join("\n")}\n`);
  const schema = inferSchema(table, { targets: [], types: { k: "count", few: "count" } });
  const { columns } = withQuantiles(schema, codeTable(table, schema));
  for (const { bins, ...own } of columns) {
    const edges = [...bins!.low, bins!.high.at(-1)!].map((edge) => Math.expm1(own.mean! + own.std! * edge) + 0.5);
    expectClose(edges, edges.map(Math.round), { atol: 1e-4 });
    const likelihood = new MixedLikelihood(gpu, [{ kind: "binnedCount", levels: bins!.low.length, positiveWeight: 1, bins, scale: { mean: own.mean!, std: own.std! } }], 0.1);
    const top = Math.max(...rows);
    const tape = new Tape();
    const logits = Float32Array.from({ length: (top + 1) * bins!.low.length }, (_, i) => Math.sin(3 * (i % bins!.low.length)));
    const program = await compile(gpu, { logProb: likelihood.logProb(tape.read(deviceTensor(gpu, [top + 1, 1, bins!.low.length], logits)), tape.read(deviceTensor(gpu, [top + 1, 1], Array.from({ length: top + 1 }, (_, k) => codeValue(own, k))))) });
    program.run();
    const total = (await program.outputs.logProb.read()).reduce((sum, value) => sum + Math.exp(value), 0);
    expect(Math.abs(total - 1), own.name).toBeLessThan(0.012);
  }
});
