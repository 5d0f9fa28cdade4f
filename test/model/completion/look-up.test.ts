import { describe, expect, it } from "vitest";
import { compile, deviceTensor, gradients, sum, add, mul, Tape, type Tensor } from "../../../src/autodiff/index.ts";
import { isNumber, paramsOf, type MixedColumn } from "../../../src/likelihood/mixed.ts";
import { keyFromSeed, normal, uniform, foldIn } from "../../../src/math/key.ts";
import { defaultCompletion } from "../../../src/model/config/presets.ts";
import { FeatureInputs, readEntry } from "../../../src/model/latent/feature-inputs.ts";
import { LookUp } from "../../../src/model/completion/look-up.ts";
import { heads, lookUpSpecs } from "../../../src/model/completion/look-up-specs.ts";
import { rowsToLookUp } from "../../../src/model/completion/look-up-rows.ts";
import type { CompletionShape } from "../../../src/model/completion/shape.ts";
import { Parameters } from "../../../src/nn/parameters.ts";
import { expectClose } from "../../expect-close.ts";
import { testDevice } from "../../device.ts";

const bins = { low: [-2, -0.5, 0.5], high: [-0.5, 0.5, 2], mean: [-1, 0, 1], units: [-1, 0, 1], atoms: false };
const binned: MixedColumn = { kind: "binned", levels: 3, positiveWeight: 1, bins };
/** A number read by its pieces and one as it is, levels, ordered levels, yes or no. */
const columns: MixedColumn[] = [binned, { kind: "learned", levels: 1, positiveWeight: 1 }, { kind: "categorical", levels: 3, positiveWeight: 1 }, { kind: "categorical", levels: 4, positiveWeight: 1, ordered: true }, { kind: "bernoulli", levels: 1, positiveWeight: 1 }];
const knots = [[-1.5, -0.2, 0.1, 1.4], undefined, undefined, undefined, undefined];
const [c, cells, params] = [5, 4, 4];
const entryOf = (row: number, d: number, z: number): number => [z, z, row % 3, (row * 7) % 4, (row >> 1) % 2][d];
const entriesFor = (rows: number, seed: number, shown = 0.6): { x: Float32Array; seen: Float32Array } => {
  const z = normal(keyFromSeed(seed), rows * c);
  const u = uniform(foldIn(keyFromSeed(seed), 1), rows * c);
  const seen = Float32Array.from(u, (value) => Number(value < shown));
  return { x: Float32Array.from(z, (value, i) => seen[i] * entryOf(Math.floor(i / c), i % c, Math.round(4 * value) / 4)), seen };
};

const n = 7;
const table = entriesFor(n, 1, 0.75);
const shape: CompletionShape = { config: { ...defaultCompletion, lookUp: 100 }, columns, features: c, knots, rows: { count: n, x: table.x, observed: table.seen, numbers: Float32Array.from({ length: n }, (_, i) => 2 * i) } };

/** The coordinate of an entry, written out: its place among the knots, or its level. */
function coordinate(d: number, x: number): number {
  if (d === 0) {
    const read = readEntry(columns[0], knots[0]!, x).slice(1);
    return read.reduce((a, b) => a + b, 0) / read.length;
  }
  return d === 3 ? x / 3 : x;
}

interface Weights {
  look: ArrayLike<number>;
  gates: ArrayLike<number>;
}

/** What is found for a row, in float64: shares of every row, context and evidence. */
function reference(x: ArrayLike<number>, seen: ArrayLike<number>, { look, gates }: Weights, own?: number): { context: number[]; evidence: number[] } {
  const usual = [1, 4].map((factor) => ({ near: [3, 3, 1.5, 3, 1.5].map((w) => factor * w), lacks: factor * 1.5 }));
  const [mean, mass, shares, near]: [number[], number[], number[], number[]] = [[], [], [], []];
  const evidence = new Array<number>(c * params).fill(0);
  for (let h = 0; h < heads; h++) {
    const scores = Array.from({ length: n }, (_, i) => {
      let [distance, shows] = [0, false];
      for (let d = 0; d < c; d++) {
        const has = table.seen[i * c + d] === 1;
        if (seen[d] !== 1) {
          shows ||= has;
          continue;
        }
        const [w, l] = [usual[h].near[d] * Math.exp(4 * look[h * 2 * c + d]), usual[h].lacks * Math.exp(4 * look[h * 2 * c + c + d])];
        distance += has ? w * Math.sqrt(Math.max(0, Math.min(1, Math.abs(coordinate(d, x[d]) - coordinate(d, table.x[i * c + d])) - 1e-5))) : l;
      }
      return shows && 2 * i !== own ? -distance : undefined;
    });
    const all = scores.map((score) => (score === undefined ? 0 : Math.exp(score)));
    const total = all.reduce((a, b) => a + b, 0);
    const a = all.map((value) => (total > 0 ? value / total : 0));
    for (let d = 0; d < c; d++) {
      const hidden = 1 - seen[d];
      const m = a.reduce((own, share, i) => own + share * table.seen[i * c + d], 0);
      const over = (of: (value: number) => number): number => hidden * a.reduce((own, share, i) => own + share * table.seen[i * c + d] * of(table.x[i * c + d]), 0) / Math.max(m, 1e-6);
      mass.push(hidden * m);
      mean.push(isNumber(columns[d]) ? over((value) => value) : 0);
      const cell = (value: number): number => (columns[d].bins ? [-0.5, 0.5].filter((border) => value >= border).length : value);
      // a number without bins is in none
      const own = Array.from({ length: cells }, (_, k) => (d === 1 ? 0 : over((value) => Number(cell(value) === k))));
      shares.push(...own);
      const logs = own.map((share) => Math.log(1 + 100 * share));
      if (d === 4) logs.fill(logs[1] - logs[0]);
      logs.forEach((value, k) => (evidence[d * params + k] += gates[h * c + d] * value));
    }
    near.push(0.2 * Math.max(-20, total > 0 ? Math.log(total) : -Infinity));
  }
  return { context: [...mean, ...mass, ...shares, ...near], evidence };
}

describe("looking up training rows", () => {
  it("is attention over rows that have the entry, without the row itself and those that show nothing new: values and gradients of the float64 reference", async () => {
    const gpu = await testDevice();
    expect(Math.max(...columns.map(paramsOf))).toBe(params);
    const lookUp = new LookUp(gpu, shape);
    const parameters = new Parameters(gpu, lookUpSpecs(columns, "completion/"));
    parameters.initialise(keyFromSeed(3));
    const names = ["completion/look-up/weights", "completion/output/gates"];
    const weights = { look: Float64Array.from(await parameters.value(names[0]).read()), gates: Float64Array.from(await parameters.value(names[1]).read()) };
    // rows as they may be, one of which nothing is seen, and training row 2, which shows what it has and no more
    const asked = entriesFor(6, 2);
    asked.seen.fill(0, c, 2 * c);
    asked.x.set(table.x.subarray(2 * c, 3 * c), 5 * c);
    asked.seen.set(table.seen.subarray(2 * c, 3 * c), 5 * c);
    const b = 6;
    // row 0 is told to be the table's third, row 3 one that is not among those looked up
    const numbers = Uint32Array.from([4, 0, 8, 3, 12, 4]);
    // in training some rows are told nothing
    const told = [1, 1, 1, 1, 0, 1];
    const inputs = new FeatureInputs(gpu, columns, knots);
    for (const training of [true, false]) {
      const tape = new Tape();
      const read = (values: ArrayLike<number>): Tensor => tape.read(deviceTensor(gpu, [b, c], values));
      const [x, seen] = [read(asked.x), read(asked.seen)];
      const found = lookUp.find(parameters, "completion/", inputs.of(x, seen), seen, training ? { numbers: tape.read(deviceTensor(gpu, [b], numbers, { dtype: "u32" })), told: tape.read(deviceTensor(gpu, [b, 1], told)) } : {});
      const untold = ({ context, evidence }: ReturnType<typeof reference>) => ({ context: context.map(() => 0), evidence: evidence.map(() => 0) });
      const expected = (own: Weights) => Array.from({ length: b }, (_, row) => (training && told[row] === 0 ? untold : (found: ReturnType<typeof reference>) => found)(reference(asked.x.subarray(row * c, (row + 1) * c), asked.seen.subarray(row * c, (row + 1) * c), own, training ? numbers[row] : undefined)));
      const [context, evidence] = [expected(weights).flatMap((row) => row.context), expected(weights).flatMap((row) => row.evidence)];
      const upstream = { context: normal(keyFromSeed(5), context.length).map(Math.fround), evidence: normal(keyFromSeed(6), evidence.length).map(Math.fround) };
      const leaf = (own: Tensor, values: ArrayLike<number>): Tensor => sum(mul(own, tape.read(deviceTensor(gpu, own.shape, values))));
      const loss = add(leaf(found.context, upstream.context), leaf(found.evidence, upstream.evidence));
      const grads = training ? gradients(loss, names.map((name) => tape.read(parameters.value(name)))) : [];
      const program = await compile(gpu, { context: found.context, evidence: found.evidence, ...Object.fromEntries(grads.map((g, i) => [`g${i}`, g])) } as Record<string, Tensor>);
      program.run();
      expectClose(await program.outputs.context.read(), context, { rtol: 2e-4, atol: 2e-5 });
      expectClose(await program.outputs.evidence.read(), evidence, { rtol: 2e-4, atol: 1e-4 });
      if (!training) continue;
      const value = (own: Weights): number => expected(own).reduce((total, row, i) => {
        const [widthC, widthE] = [context.length / b, evidence.length / b];
        return total + row.context.reduce((s, v, k) => s + v * upstream.context[i * widthC + k], 0) + row.evidence.reduce((s, v, k) => s + v * upstream.evidence[i * widthE + k], 0);
      }, 0);
      for (const [g, name] of (["look", "gates"] as const).entries()) {
        const numeric = weights[name].map((_, i) => {
          const moved = (by: number): Weights => ({ ...weights, [name]: weights[name].map((w, k) => (k === i ? w + by : w)) });
          return (value(moved(1e-5)) - value(moved(-1e-5))) / 2e-5;
        });
        expect(Math.max(...numeric.map(Math.abs))).toBeGreaterThan(0.05);
        expectClose(await program.outputs[`g${g}`].read(), numeric, { rtol: 2e-3, atol: 2e-3 });
      }
    }
  });

  it("takes all rows of a small table and an even choice of a large one, each with its own entries and number", () => {
    const rows = 50;
    const x = Float32Array.from({ length: rows * 2 }, (_, i) => i);
    const host = { rows, features: 2, targets: 1, x, observedX: x.map((value) => Number(value % 3 > 0)), y: Float32Array.from({ length: rows }, (_, i) => -i), observedY: new Float32Array(rows).fill(1) };
    const all = rowsToLookUp(host, 50, keyFromSeed(1));
    expect(all.count).toBe(50);
    expect(Array.from(all.x.subarray(3, 6))).toEqual([2, 3, -1]);
    const some = rowsToLookUp(host, 20, keyFromSeed(1));
    expect(some.count).toBe(20);
    expect(new Set(some.numbers).size).toBe(20);
    some.numbers!.forEach((number, i) => {
      expect(Array.from(some.x.subarray(3 * i, 3 * i + 3))).toEqual([2 * number, 2 * number + 1, -number].map(Math.fround));
      expect(some.observed[3 * i + 1]).toBe(Number((2 * number + 1) % 3 > 0));
    });
    expect(rowsToLookUp(host, 20, keyFromSeed(1))).toEqual(some);
    expect(rowsToLookUp(host, 20, keyFromSeed(2)).numbers).not.toEqual(some.numbers);
  });
});
