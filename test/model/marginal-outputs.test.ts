import { describe, expect, it } from "vitest";
import { compile, deviceTensor, Tape, type Tensor } from "../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { presets } from "../../src/model/config/presets.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import type { MixedColumn } from "../../src/likelihood/mixed.ts";
import { testDevice } from "../device.ts";

const gaussian: MixedColumn = { kind: "gaussian", levels: 1, positiveWeight: 1 };
const bernoulli: MixedColumn = { kind: "bernoulli", levels: 1, positiveWeight: 1 };
const categorical = (levels: number): MixedColumn => ({ kind: "categorical", levels, positiveWeight: 1 });

describe("a draw of the features from what each of them needs of its decoder", () => {
  it.each([
    ["all kinds", [categorical(3), gaussian, bernoulli, categorical(6), gaussian]],
    ["numbers alone", [gaussian, gaussian]],
    ["classes alone", [categorical(4), categorical(2)]],
    ["no classes of many levels", [bernoulli, gaussian]],
  ])("is, bit for bit, the draw from all outputs: %s", async (_, features) => {
    const gpu = await testDevice();
    const networks = new LatentNetworks(gpu, { config: { ...presets.HHVAEM, marginalHidden: 8 }, features, targets: [gaussian] });
    networks.parameters.initialise(keyFromSeed(1));
    const rows = 500;
    const codes = deviceTensor(gpu, [rows, features.length], normal(keyFromSeed(2), rows * features.length).map((z) => 3 * z));
    const key = deviceTensor(gpu, [2], [3, 4], { dtype: "u32" });
    const draw = async (of: (z: Tensor, key: Tensor) => Tensor): Promise<Float32Array> => {
      const tape = new Tape();
      const program = await compile(gpu, { x: of(tape.read(codes), tape.read(key)) });
      program.run();
      return program.outputs.x.read();
    };
    const all = await draw((z, k) => networks.features.sample(networks.marginalDecoder(z), k));
    expect(await draw((z, k) => networks.emission.sample(z, k))).toEqual(all);
    features.forEach((column, d) => expect(new Set(all.filter((__, i) => i % features.length === d)).size).toBe(column.kind === "gaussian" ? rows : Math.max(2, column.levels)));
  });
});
