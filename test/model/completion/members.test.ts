import { describe, expect, it } from "vitest";
import { compile, deviceTensor, Tape } from "../../../src/autodiff/index.ts";
import { withQuantiles } from "../../../src/data/index.ts";
import { keyFromSeed } from "../../../src/math/key.ts";
import { modelShape } from "../../../src/model/columns.ts";
import { CompletionNetwork } from "../../../src/model/completion/completion-network.ts";
import { recordCompletion } from "../../../src/model/completion/completion-sampler.ts";
import { fit, loadModel } from "../../../src/model/index.ts";
import { testDevice } from "../../device.ts";
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

  it("learn together, and answer the same from their file", async () => {
    const gpu = await testDevice();
    const bounds: number[] = [];
    const model = await fit(gpu, table, smallSchema, { config: config(2), schedule: { ...smallSchedule, completionSteps: 300, completionPatience: 300 }, seed: 3, onProgress: ({ metrics }) => bounds.push(metrics.bound) });
    expect(bounds.at(-1)!).toBeGreaterThan(bounds[0]);
    const test = smallTable(60, 9);
    const shown = Float32Array.from(test.observedX, (_, i) => Number((i * 7919) % 10 >= 4));
    const result = await model.evaluate(test, shown, { draws: 40, seed: 2 });
    expect(result.error_xu).toBeLessThan(0.7);
    expect(await (await loadModel(gpu, await model.files())).evaluate(test, shown, { draws: 40, seed: 2 })).toEqual(result);
  });
});
