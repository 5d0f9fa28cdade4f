import { describe, expect, it } from "vitest";
import { compile, deviceTensor, Tape } from "../../../src/autodiff/index.ts";
import { withQuantiles } from "../../../src/data/index.ts";
import { keyFromSeed } from "../../../src/math/key.ts";
import { modelShape } from "../../../src/model/config/columns.ts";
import { CompletionNetwork } from "../../../src/model/completion/completion-network.ts";
import { recordCompletion } from "../../../src/model/completion/completion-draws.ts";
import { fit, loadModel, type FitOptions, type Model, type Progress } from "../../../src/model/index.ts";
import { readSafetensors } from "../../../src/nn/safetensors.ts";
import { testDevice } from "../../device.ts";
import { checkpointIn } from "../stopped-training.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "../small-model.ts";

const table = smallTable(300);
const config = (members?: number) => {
  const small = smallConfig("conditional");
  return { ...small, completion: { ...small.completion!, hidden: 24, latent: 2, averaging: 0.98, lookEvery: 50, ...(members && { members }) } };
};

describe("several completion networks side by side", () => {
  it("share the draws: the first third is what the first network draws by itself", async () => {
    const gpu = await testDevice();
    const schema = withQuantiles(smallSchema, table);
    const three = new CompletionNetwork(gpu, modelShape(config(3), schema).completion!);
    three.parameters.initialise(keyFromSeed(1));
    const one = new CompletionNetwork(gpu, modelShape(config(), schema).completion!);
    for (const name of one.parameters.names("completion/")) one.parameters.value(name).write(await three.parameters.value(name).read());
    const [rows, x] = [4, smallTable(4, 3)];
    const inputs = { x: deviceTensor(gpu, [rows, 4], x.x), observed: deviceTensor(gpu, [rows, 4], x.observedX), key: deviceTensor(gpu, [2], keyFromSeed(2), { dtype: "u32" }) };
    const drawn = async (network: CompletionNetwork, draws: number): Promise<Float32Array> => {
      const program = await compile(gpu, { theta: recordCompletion(new Tape(), network, inputs, { rows, draws }) });
      program.run();
      return program.outputs.theta.read();
    };
    // 7 draws: 3, 2 and 2
    const [all, first] = [await drawn(three, 7), await drawn(one, 3)];
    const width = all.length / (7 * rows);
    for (let r = 0; r < rows; r++) {
      expect(all.slice(7 * r * width, (7 * r + 3) * width)).toEqual(first.slice(3 * r * width, 3 * (r + 1) * width));
      // the others are other networks
      expect(all[(7 * r + 3) * width]).not.toBe(all[(7 * r + 5) * width]);
    }
    expect(await drawn(three, 1)).toEqual(await drawn(one, 1));
  });

  const test = smallTable(60, 9);
  const shown = Float32Array.from(test.observedX, (_, i) => Number((i * 7919) % 10 >= 4));
  const train = async (members: number | undefined, more: Partial<FitOptions> = {}): Promise<Model> =>
    fit(await testDevice(), table, smallSchema, { config: config(members), schedule: { ...smallSchedule, completionSteps: 300, completionPatience: 300 }, seed: 3, ...more });

  it("learn one after the others: the first says when to stop, the others take all rows; their file answers the same", async () => {
    const looks: Progress[] = [];
    const model = await train(3, { onProgress: (progress) => looks.push(progress) });
    const files = await model.files();
    const { chosen } = JSON.parse(new TextDecoder().decode(files.get("config.json"))) as { chosen: { step: number } };
    const further = looks.filter(({ stage }) => stage === "ensemble");
    // a tenth of the 300 rows was held back
    expect(further.at(-1)).toMatchObject({ step: Math.ceil(chosen.step / 0.9), steps: Math.ceil(chosen.step / 0.9) });
    expect(further.at(-1)!.metrics.bound).toBeGreaterThan(further[0].metrics.bound);
    const result = await model.evaluate(test, shown, { draws: 40, seed: 2 });
    expect(result.error_xu).toBeLessThan(0.7);
    expect(await (await loadModel(await testDevice(), files)).evaluate(test, shown, { draws: 40, seed: 2 })).toEqual(result);
    // the first is what it would be alone
    const weights = async (of: Model, name: string) => readSafetensors((await of.files()).get("weights.safetensors")!, "").tensors.get(name)!.data;
    const kernel = "completion/encoder/0/kernel";
    expect(await weights(model, kernel)).toEqual(await weights(await train(undefined), kernel));
    expect(await weights(model, kernel)).not.toEqual(await weights(model, "completion/member/1/encoder/0/kernel"));
  }, 120_000);

  it("that were not trained are in the file all the same", async () => {
    const model = await train(2, { schedule: { ...smallSchedule, completionSteps: 0 } });
    await expect(loadModel(await testDevice(), await model.files())).resolves.toBeDefined();
  }, 60_000);

  it("go on from a checkpoint in the midst of the others to the same weights", async () => {
    const stored = await checkpointIn("ensemble", (more) => train(3, more));
    const [resumed, unbroken] = [await train(3, { resume: stored }), await train(3)];
    expect((await resumed.files()).get("weights.safetensors")).toEqual((await unbroken.files()).get("weights.safetensors"));
  }, 120_000);
});
