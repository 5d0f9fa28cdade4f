import { describe, expect, it } from "vitest";
import { foldIn, keyFromSeed, uniform } from "../../src/math/key.ts";
import { readCheckpoint } from "../../src/model/files/checkpoint.ts";
import { parseModel } from "../../src/model/files/parse-model.ts";
import { fit, packModel, unpackModel, type FileSet } from "../../src/model/index.ts";
import { ModelFileError } from "../../src/nn/model-file-error.ts";
import { readSafetensors, writeSafetensors, type StoredTensor } from "../../src/nn/safetensors.ts";
import { testDevice } from "../device.ts";
import { smallFiles } from "./small-files.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

const files = smallFiles();
const packed = packModel(files);
const weights = files.get("weights.safetensors")!;

/** One of the damages that disks and networks do, by a random number each. */
function damage(bytes: Uint8Array, seed: number): Uint8Array {
  const [kind, where, what, length] = uniform(foldIn(keyFromSeed(9), seed), 4);
  const at = Math.floor(where * bytes.length);
  const out = bytes.slice();
  const run = Math.max(1, Math.floor(length * 64));
  if (kind < 0.4) out[at] ^= 1 << Math.floor(what * 8);
  else if (kind < 0.6) out[at] = Math.floor(what * 256);
  else if (kind < 0.75) out.fill(0, at, at + run);
  else if (kind < 0.85) out.copyWithin(at, Math.floor(what * bytes.length), Math.floor(what * bytes.length) + run);
  else if (kind < 0.95) return out.subarray(0, at);
  else return Uint8Array.from([...out.subarray(0, at), ...out.subarray(0, run), ...out.subarray(at)]);
  return out;
}

/** How many of the damages were refused, and how many changed nothing that is read; `read` gives what is read as text. */
function outcomes(bytes: Uint8Array, count: number, read: (bytes: Uint8Array) => string): { refused: number; harmless: number; changed: number[] } {
  const right = read(bytes);
  const result = { refused: 0, harmless: 0, changed: [] as number[] };
  for (let seed = 0; seed < count; seed++) {
    try {
      if (read(damage(bytes, seed)) === right) result.harmless++;
      else result.changed.push(seed);
    } catch (error) {
      expect(["ModelFileError", "SchemaError"], `${seed}: ${(error as Error).stack}`).toContain((error as Error).name);
      result.refused++;
    }
  }
  return result;
}

const asText = (tensors: ReadonlyMap<string, { shape: readonly number[]; data: ArrayLike<number | bigint> }>): string => JSON.stringify([...tensors].map(([name, { shape, data }]) => [name, shape, Array.from(data, String)]));
const modelText = (own: FileSet): string => {
  const { head, schema, weights: tensors, log } = parseModel(own);
  return JSON.stringify([head, schema, asText(tensors), log]);
};

describe("a damaged file is refused, or nothing that is read has changed", () => {
  it("a model in one file", () => {
    const { refused, harmless, changed } = outcomes(packed, 2000, (bytes) => modelText(unpackModel(bytes, "m.hhvaem")));
    expect(changed).toEqual([]);
    // most of the damages change bytes that count
    expect(refused).toBeGreaterThan(1700);
    expect(refused + harmless).toBe(2000);
  });

  it("the weights of a model folder", () => {
    const { refused, changed } = outcomes(weights, 2000, (bytes) => modelText(new Map([...files, ["weights.safetensors", bytes]])));
    expect(changed).toEqual([]);
    expect(refused).toBeGreaterThan(1700);
  });

  it("a checkpoint's state", async () => {
    const gpu = await testDevice();
    let kept: FileSet | undefined;
    await fit(gpu, smallTable(40), smallSchema, { config: smallConfig("VAE"), schedule: { ...smallSchedule, viSteps: 10 }, seed: 1, wantCheckpoint: () => kept === undefined, onCheckpoint: async (own) => void (kept = own) });
    const state = kept!.get("state.safetensors")!;
    const { refused, changed } = outcomes(state, 300, (bytes) => {
      const { parameters, moments } = readCheckpoint(new Map([...kept!, ["state.safetensors", bytes]]));
      return JSON.stringify([Object.entries(parameters).map(([name, data]) => [name, Array.from(data)]), Object.entries(moments).map(([name, { m, v }]) => [name, Array.from(m), Array.from(v)])]);
    });
    expect(changed).toEqual([]);
    expect(refused).toBeGreaterThan(250);
  });
});

/** The weights without a checksum, as they were written before there was one. */
function older(change: (tensors: Map<string, StoredTensor>) => void = () => undefined): Uint8Array {
  const tensors = new Map<string, StoredTensor>(readSafetensors(weights).tensors);
  change(tensors);
  return writeSafetensors(tensors, { format: "hhvaem model" });
}

describe("files from before there were checksums", () => {
  it("are read", () => {
    expect(modelText(new Map([...files, ["weights.safetensors", older()]]))).toBe(modelText(files));
    const { tensors, metadata: { checksum, ...metadata } } = readSafetensors(packed);
    expect(checksum).toMatch(/^crc32 [0-9a-f]{8}$/);
    expect(modelText(unpackModel(writeSafetensors(tensors, metadata)))).toBe(modelText(files));
  });

  for (const value of [Number.NaN, Infinity, -Infinity]) {
    it(`a weight of ${value} is refused by its name`, () => {
      const bad = older((tensors) => (tensors.get("encoder/input/0/kernel")!.data[3] = value));
      expect(() => parseModel(new Map([...files, ["weights.safetensors", bad]]))).toThrow(new ModelFileError({ where: 'weights.safetensors, tensor "encoder/input/0/kernel"', expected: "finite numbers", got: `${value} at place 3`, remedy: "the file belongs to another model, or is damaged; use the weights, config.json and schema.json of one training" }));
    });
  }
});

it("a checksum that does not fit says what to do", () => {
  const bytes = weights.slice();
  bytes[bytes.length - 3] ^= 4;
  expect(() => parseModel(new Map([...files, ["weights.safetensors", bytes]]), "m")).toThrow(/^m, weights\.safetensors: expected the checksum "crc32 [0-9a-f]{8}", got "crc32 [0-9a-f]{8}"; the file is damaged: restore it from a backup or train again\.$/);
});
