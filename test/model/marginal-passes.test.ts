import { expect, it } from "vitest";
import { keyFromSeed } from "../../src/math/key.ts";
import { modelShape } from "../../src/model/config/columns.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import { encodeTable, marginalBounds } from "../../src/model/training/stages/marginal-stage.ts";
import { uploadTable } from "../../src/model/training/training-batch.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

it("a pass over the table in blocks of 64 rows gives what one block gives", async () => {
  const gpu = await testDevice();
  const networks = new LatentNetworks(gpu, modelShape(smallConfig("VAEM"), smallSchema));
  networks.parameters.initialise(keyFromSeed(1));
  // codes without spread: the bounds then do not depend on the noise, which differs from block to block
  const bias = networks.parameters.value("marginal/encoder/1/bias");
  bias.write((await bias.read()).map((value, i) => (i % 2 === 1 ? -40 : value)));
  const table = uploadTable(gpu, smallTable(100));
  await encodeTable(networks, table);
  const whole = { mean: await table.zMean!.read(), logVar: await table.zLogVar!.read() };
  expect(new Set(whole.mean).size).toBeGreaterThan(60);
  await encodeTable(networks, table, 1);
  expect(await table.zMean!.read()).toEqual(whole.mean);
  expect(await table.zLogVar!.read()).toEqual(whole.logVar);
  expectClose(await marginalBounds(networks, table, smallSchedule, 1), await marginalBounds(networks, table, smallSchedule), { rtol: 1e-5 });
});
