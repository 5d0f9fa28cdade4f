import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { referenceInformation } from "../../src/acquisition/reference-check.ts";
import type { ReferenceConfig, ReferenceTensors } from "../../src/model/reference/comparison.ts";
import { checkReference } from "../../src/model/reference/reference-check.ts";
import { readSafetensors } from "../../src/nn/safetensors.ts";
import { testDevice } from "../device.ts";
import { itShared as it } from "../shared.ts";

it("every piece of the model agrees with the authors' code within the stated tolerances", async () => {
  const file = readSafetensors(new Uint8Array(readFileSync("../shared/reference/boston-hhvaem.safetensors")));
  const config = JSON.parse(file.metadata!.config) as ReferenceConfig;
  const tensors = file.tensors as unknown as ReferenceTensors;
  const gpu = await testDevice();
  const information = await referenceInformation(gpu, tensors.get("in/mi/x")!, tensors.get("in/mi/y")!);
  const pieces = await checkReference(gpu, tensors, config, new Map([["out/mi/value", information]]));
  expect(pieces.length).toBe(59);
  for (const { name, error, tolerance } of pieces) expect(error, name).toBeLessThanOrEqual(tolerance);
});

it("a wrong weight is noticed", async () => {
  const file = readSafetensors(new Uint8Array(readFileSync("../shared/reference/boston-hhvaem.safetensors")));
  const tensors = new Map(file.tensors as unknown as ReferenceTensors);
  const bias = tensors.get("weights/decoder/1/bias")!;
  tensors.set("weights/decoder/1/bias", { ...bias, data: bias.data.map((value) => value + 0.01) });
  const pieces = await checkReference(await testDevice(), tensors, JSON.parse(file.metadata!.config) as ReferenceConfig);
  const failed = pieces.filter(({ error, tolerance }) => !(error <= tolerance)).map(({ name }) => name);
  expect(failed).toContain("out/decoder");
  expect(failed).toContain("out/x_only/log_density");
  expect(failed).not.toContain("out/x_only/q_mu/0");
});
