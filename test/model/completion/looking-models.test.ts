import { describe, expect, it } from "vitest";
import { broadcastTo, compile, deviceTensor, foldIn, randomNormal, Tape } from "../../../src/autodiff/index.ts";
import { withQuantiles, type Table } from "../../../src/data/index.ts";
import { foldIn as foldKey, keyFromSeed, normal, uniform } from "../../../src/math/key.ts";
import { CompletionNetwork } from "../../../src/model/completion/completion-network.ts";
import { eachMember } from "../../../src/model/completion/completion-draws.ts";
import { withRows } from "../../../src/model/completion/look-up-rows.ts";
import { toldByLooking } from "../../../src/model/completion/told-looking.ts";
import { modelShape } from "../../../src/model/config/columns.ts";
import { fit, loadModel, type FileSet, type FitOptions, type Model } from "../../../src/model/index.ts";
import { reparameterise } from "../../../src/model/latent/gaussian.ts";
import { ModelFileError } from "../../../src/nn/model-file-error.ts";
import { readSafetensors, writeSafetensors } from "../../../src/nn/safetensors.ts";
import { expectClose } from "../../expect-close.ts";
import { testDevice } from "../../device.ts";
import { checkpointIn } from "../stopped-training.ts";
import { smallConfig, smallSchedule, smallSchema } from "../small-model.ts";

/** Rows of 40 kinds; what a kind's columns have says nothing of each other, so that only rows of the same kind tell what is hidden. */
function kinds(rows: number, seed: number): Table {
  const key = keyFromSeed(7);
  const z = normal(key, 40 * 5);
  const ofRow = uniform(keyFromSeed(seed), rows);
  const kind = (row: number): number => Math.floor(40 * ofRow[row]);
  const value = (row: number, d: number): number => [z[5 * kind(row)], z[5 * kind(row) + 1], Number(z[5 * kind(row) + 2] > 0), Math.floor(3 * uniform(foldKey(key, 1), 40)[kind(row)])][d];
  const x = Float32Array.from({ length: rows * 4 }, (_, i) => value(Math.floor(i / 4), i % 4));
  const y = Float32Array.from({ length: rows }, (_, row) => z[5 * kind(row) + 4]);
  return { rows, features: 4, targets: 1, x, observedX: new Float32Array(rows * 4).fill(1), y, observedY: new Float32Array(rows).fill(1), warnings: [] } as Table;
}

const table = kinds(200, 1);
const config = (lookUp?: number, members?: number) => {
  const small = smallConfig("conditional");
  return { ...small, completion: { ...small.completion!, hidden: 24, latent: 2, averaging: 0.98, lookEvery: 50, ...(lookUp && { lookUp }), ...(members && { members }) } };
};
const train = async (lookUp?: number, members?: number, more: Partial<FitOptions> = {}): Promise<Model> =>
  fit(await testDevice(), table, smallSchema, { config: config(lookUp, members), schedule: { ...smallSchedule, completionSteps: 250, completionPatience: 250 }, seed: 3, ...more });

const test = kinds(80, 9);
/** Two of four features are shown. */
const shown = Float32Array.from(test.x, (_, i) => Number((Math.floor(i / 4) + i) % 2 === 0));
const ask = (model: Model) => model.evaluate(test, shown, { draws: 40, seed: 2 });
const tensorsOf = async (files: FileSet) => readSafetensors(files.get("weights.safetensors")!, "").tensors;

describe("a completion network that looks up training rows", () => {
  it("fills what only rows of the same kind tell; its file holds all rows and answers the same", async () => {
    const [without, looking] = [await train(), await train(1000)];
    // scores of two heads for 200 rows, 4 bytes each, take 64 MiB
    expect([without, looking].map((model) => model.conditional().chainsAtOnce)).toEqual([undefined, 41_943]);
    const plain = await ask(without);
    const result = await ask(looking);
    // columns are independent from kind to kind: without looking a small network knows little more than the columns' own distributions
    expect(plain.error_xu).toBeGreaterThan(0.6);
    expect(result.error_xu).toBeLessThan(0.75 * plain.error_xu);
    expect(result.ll_xu_per_feature).toBeGreaterThan(plain.ll_xu_per_feature! + 0.3);
    const files = await looking.files();
    const rows = (await tensorsOf(files)).get("completion/rows/x")!;
    expect(rows.shape).toEqual([200, 5]);
    expect(Array.from(rows.data.subarray(0, 5) as Float32Array)).toEqual([...table.x.subarray(0, 4), table.y[0]]);
    expect(await ask(await loadModel(await testDevice(), files))).toEqual(result);
  });

  it("keeps no more rows than it is told to, and says which tensor of a file is wrong", async () => {
    const gpu = await testDevice();
    const files = await (await train(30, undefined, { schedule: { ...smallSchedule, completionSteps: 0 } })).files();
    const tensors = await tensorsOf(files);
    expect(tensors.get("completion/rows/x")!.shape).toEqual([30, 5]);
    const message = (change: (own: Map<string, { shape: readonly number[]; data: Float32Array }>) => void): Promise<unknown> => {
      const own = new Map(Array.from(tensors, ([name, { shape, data }]) => [name, { shape, data: (data as Float32Array).slice() }]));
      change(own);
      return loadModel(gpu, new Map(files).set("weights.safetensors", writeSafetensors(own))).then(() => "none", (cause: unknown) => (cause instanceof ModelFileError ? cause.message : cause));
    };
    expect(await message((own) => own.delete("completion/rows/x"))).toMatchInlineSnapshot(`"weights.safetensors, tensor "completion/rows/x": expected 1 to 30 rows of 5 float32 numbers, got no such tensor; the file is damaged, or its weights belong to another model; use the files of one training."`);
    // of the categorical column, three levels
    expect(await message((own) => (own.get("completion/rows/x")!.data[3] = 3))).toMatchInlineSnapshot(`"weights.safetensors, tensor "completion/rows/x": expected a level from 0 to 2, got 3 at place 3; the file is damaged, or its weights belong to another model; use the files of one training."`);
    expect(await message((own) => (own.get("completion/rows/observed")!.data[0] = 2))).toMatchInlineSnapshot(`"weights.safetensors, tensor "completion/rows/observed": expected 0 or 1 everywhere, got 2 at place 0; the file is damaged, or its weights belong to another model; use the files of one training."`);
    expect(await message((own) => own.set("completion/rows/observed", { shape: [29, 5], data: new Float32Array(145) }))).toMatchInlineSnapshot(`"weights.safetensors, tensor "completion/rows/observed": expected 30 rows, as completion/rows/x, got 29; the file is damaged, or its weights belong to another model; use the files of one training."`);
  });

  it("goes on from a checkpoint of several networks to the same weights", async () => {
    const stored = await checkpointIn("ensemble", (more) => train(60, 2, more));
    const [resumed, unbroken] = [await train(60, 2, { resume: stored }), await train(60, 2)];
    expect((await resumed.files()).get("weights.safetensors")).toEqual((await unbroken.files()).get("weights.safetensors"));
  });

  it("says, told one more value, what it says when it reads the whole row", async () => {
    const gpu = await testDevice();
    const shape = withRows(modelShape(config(50, 2), withQuantiles(smallSchema, table)).completion!, table, 100, keyFromSeed(1));
    const network = new CompletionNetwork(gpu, shape);
    network.parameters.initialise(keyFromSeed(1));
    const questions = [{ row: 0, feature: 1, value: 0.3 }, { row: 1, feature: 3, value: 2 }, { row: 1, feature: 2, value: 1 }, { row: 0, feature: 1, value: -1 }];
    const x = test.x.slice(0, 8);
    const observed = Float32Array.from([1, 0, 1, 0, 1, 1, 0, 0]);
    const model = await toldByLooking(network, 2, questions.length);
    const key = keyFromSeed(4);
    model.begin({ rows: 2, x, observed }, key);
    const answers = await model.ask({ row: Uint32Array.from(questions, (q) => q.row), feature: Uint32Array.from(questions, (q) => q.feature), value: Float32Array.from(questions, (q) => q.value) }).read();
    const whole = { x: new Float32Array(4 * 5), seen: new Float32Array(4 * 5) };
    questions.forEach(({ row, feature, value }, i) => {
      whole.x.set(x.subarray(4 * row, 4 * row + 4), 5 * i);
      whole.seen.set(observed.subarray(4 * row, 4 * row + 4), 5 * i);
      whole.x[5 * i + feature] = value;
      whole.seen[5 * i + feature] = 1;
    });
    const tape = new Tape();
    const known = network.known(tape.read(deviceTensor(gpu, [4, 5], whole.x)), tape.read(deviceTensor(gpu, [4, 5], whole.seen)));
    const theta = eachMember(network, { rows: 4, draws: 2 }, (member, _, m) => {
      const q = member.encoder(known);
      return member.decoder(reparameterise(q, broadcastTo(randomNormal(foldIn(tape.read(deviceTensor(gpu, [2], key, { dtype: "u32" })), 1 + m), [1, 2]), q.mean.shape)), known, 4);
    });
    const program = await compile(gpu, { theta });
    program.run();
    const expected = await program.outputs.theta.read();
    expectClose(answers, expected, { rtol: 1e-4, atol: 1e-5 });
    // what is told moves the answer
    expect(Math.abs(expected[0] - expected[3 * expected.length / 4])).toBeGreaterThan(1e-2);
    model.destroy();
  });
});
