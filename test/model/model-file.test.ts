import { describe, expect, it } from "vitest";
import { modelShape } from "../../src/model/config/columns.ts";
import { fit, loadModel, packModel, unpackModel, type FileSet, type ModelConfig, type Schedule } from "../../src/model/index.ts";
import { parseModel } from "../../src/model/files/parse-model.ts";
import { weightShapes } from "../../src/model/files/weights.ts";
import { ModelFileError } from "../../src/nn/model-file-error.ts";
import { readSafetensors, writeSafetensors, type StoredTensor } from "../../src/nn/safetensors.ts";
import { testDevice } from "../device.ts";
import { smallFiles } from "./small-files.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

const config = smallConfig("HHVAEM");
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

const files = smallFiles(config);
const packed = packModel(files);

describe("a model in one file", () => {
  it("gives back the files byte for byte, and they the file", () => {
    const unpacked = unpackModel(packed, "m.hhvaem");
    expect([...unpacked.keys()].sort()).toEqual([...files.keys()].sort());
    for (const [name, bytes] of files) expect(unpacked.get(name), name).toEqual(bytes);
    expect(packModel(unpacked)).toEqual(packed);
  });

  it("is a safetensors file of the weights alone, with the texts as metadata", () => {
    const { tensors, metadata } = readSafetensors(packed);
    expect([...tensors.keys()].sort()).toEqual([...weightShapes(modelShape(config, smallSchema)).keys()].sort());
    expect(Object.keys(metadata)).toEqual(["format", "version", "config.json", "schema.json", "log.jsonl", "checksum"]);
    expect(metadata["schema.json"]).toBe(textOf(files.get("schema.json")));
  });

  it("may lie anywhere in a larger buffer, and may lack a log", () => {
    const withoutLog = new Map([...files].filter(([name]) => name !== "log.jsonl"));
    const bytes = packModel(withoutLog);
    const larger = new Uint8Array(bytes.length + 10);
    larger.set(bytes, 3);
    expect([...unpackModel(larger.subarray(3, 3 + bytes.length)).keys()].sort()).toEqual([...withoutLog.keys()].sort());
    expect(packModel(unpackModel(bytes))).toEqual(bytes);
  });

  it("keeps a BOM and line ends of texts that people edited", () => {
    const edited = new Map([...files, ["schema.json", text(`\ufeff${textOf(files.get("schema.json")).replaceAll("\n", "\r\n")}`)]]);
    expect(unpackModel(packModel(edited)).get("schema.json")).toEqual(edited.get("schema.json"));
  });

  it("answers as the model that was packed", async () => {
    const gpu = await testDevice();
    const model = await fit(gpu, smallTable(60), smallSchema, { config: smallConfig("HVAEM"), schedule: smallSchedule, seed: 3 });
    const loaded = await loadModel(gpu, unpackModel(packModel(await model.files())));
    const few = smallTable(5, 9);
    expect(await loaded.predict(few, { draws: 64 })).toEqual(await model.predict(few, { draws: 64 }));
  });
});

/** The packed file with another header: its text is changed, its data stays. */
function withHeader(change: (json: string) => string): Uint8Array {
  const length = Number(new DataView(packed.buffer, packed.byteOffset).getBigUint64(0, true));
  const json = text(change(textOf(packed.subarray(8, 8 + length))));
  const bytes = new Uint8Array(8 + json.length + packed.length - 8 - length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(packed.subarray(8 + length), 8 + json.length);
  return bytes;
}

/** The packed file with another text in its metadata, without a checksum, as of before there was one. */
function withText(name: string, change: (content: string) => string): Uint8Array {
  const { tensors, metadata: { checksum: _, ...metadata } } = readSafetensors(packed);
  return writeSafetensors(tensors, { ...metadata, [name]: change(metadata[name]) });
}

function withTensors(change: (tensors: Map<string, StoredTensor>) => void): Uint8Array {
  const { tensors, metadata } = readSafetensors(packed);
  const changed = new Map<string, StoredTensor>(tensors);
  change(changed);
  return writeSafetensors(changed, metadata);
}

function lengthOf(value: bigint): Uint8Array {
  const bytes = packed.slice();
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

function messageFor(bytes: Uint8Array): string {
  try {
    unpackModel(bytes, "m.hhvaem");
  } catch (error) {
    expect(error).toBeInstanceOf(ModelFileError);
    return (error as Error).message;
  }
  return expect.fail("the file was read");
}

describe("files that are no model", () => {
  it("say where, what was expected, what came and what to do", () => {
    const { tensors, metadata } = readSafetensors(packed);
    const cases: Record<string, Uint8Array> = {
      "empty": new Uint8Array(0),
      "a CSV table": text("a,b,c\n1,2,3\n4,5,6\n"),
      "a ZIP": Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0),
      "a header of 2^63 bytes": lengthOf(2n ** 63n),
      "a header of 4 GB": lengthOf(2n ** 32n),
      "a header of 90 MB": lengthOf(90_000_000n),
      "cut in the header": packed.subarray(0, 200),
      "cut in the data": packed.subarray(0, packed.length - 7),
      "a byte too many": Uint8Array.of(...packed, 0),
      "weights alone": writeSafetensors(tensors),
      "a model folder's weights": files.get("weights.safetensors")!,
      "weights of something else": writeSafetensors(tensors, { producer: "another program" }),
      "a later version": withText("version", () => "2"),
      "no version": withHeader((json) => json.replace('"version":"1",', "")),
      "metadata that is a list": withHeader((json) => json.replace(/"__metadata__":\{.*?\},"/, '"__metadata__":["format"],"')),
      "a config that is no text": withHeader((json) => json.replace('"version":"1"', '"version":1')),
      "an entry too many": writeSafetensors(tensors, { ...metadata, "checkpoint.json": "{}" }),
      "an entry named __proto__": withHeader((json) => json.replace('"version":"1"', '"version":"1","__proto__":"x"')),
      "a tensor named __proto__": withHeader((json) => json.replace('"decoder/0/bias"', '"__proto__"')),
      "no config": withHeader((json) => json.replace('"config.json"', '"log.jsonl"')),
      "a config that is no JSON": withText("config.json", () => "{"),
      "a config of a checkpoint": withText("config.json", () => '{"format":"hhvaem checkpoint","version":1}'),
      "a config that is null": withText("config.json", () => "null"),
      "a config without schedule": withText("config.json", () => '{"format":"hhvaem model","version":1,"config":{"hmc":{}}}'),
      "a billion hidden units": withText("config.json", (json) => json.replace('"hidden": 16', '"hidden": 1000000000')),
      "more hidden units than weights": withText("config.json", (json) => json.replace('"hidden": 16', '"hidden": 999999')),
      "half a latent": withText("config.json", (json) => json.replace(/"latents": \[[^\]]*\]/, '"latents": [2.5]')),
      "latents as a text": withText("config.json", (json) => json.replace(/"latents": \[[^\]]*\]/, '"latents": "3"')),
      "a layer of latents too few": withText("config.json", (json) => json.replace(/"latents": \[[^\]]*\]/, '"latents": [3]')),
      "a negative variance": withText("config.json", (json) => json.replace('"variance": 0.1', '"variance": -1')),
      "a million leapfrog steps more than any": withText("config.json", (json) => json.replace('"leapfrogSteps": 2', '"leapfrogSteps": 2000000')),
      "step sizes gone": withText("config.json", (json) => json.replace('"stepSize"', '"stepSizes"')),
      "a log cut short": withText("log.jsonl", (log) => log.slice(0, -5)),
      "weights turned round": withTensors((all) => {
        const { shape, data } = all.get("decoder/0/kernel")!;
        all.set("decoder/0/kernel", { shape: [...shape].reverse(), data });
      }),
      "weights in float64": withTensors((all) => void all.set("decoder/0/bias", { shape: [16], data: new Float64Array(16) })),
      "a weight that is NaN": withTensors((all) => void all.set("decoder/0/bias", { shape: [16], data: new Float32Array(16).fill(Number.NaN, 5, 6) })),
      "weights missing": withTensors((all) => void all.delete("predictor/1/kernel")),
      "weights too many": withTensors((all) => void all.set("extra", { shape: [1], data: new Float32Array(1) })),
    };
    expect(Object.fromEntries(Object.entries(cases).map(([name, bytes]) => [name, messageFor(bytes)]))).toMatchInlineSnapshot(`
      {
        "a CSV table": "m.hhvaem: expected a model in one file, got a file of another kind; use a file that \`hhvaem convert\` or the web page wrote; if it is one, it is damaged: write it again.",
        "a ZIP": "m.hhvaem: expected a model in one file, got a file of another kind; use a file that \`hhvaem convert\` or the web page wrote; if it is one, it is damaged: write it again.",
        "a billion hidden units": "m.hhvaem, config.json: expected hidden to be a whole number from 1 to 1000000, got 1000000000; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "a byte too many": "m.hhvaem, data: expected 6800 bytes, got 6801; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "a config of a checkpoint": "m.hhvaem, config.json: expected format "hhvaem model", version 1, got format "hhvaem checkpoint", version 1; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "a config that is no JSON": "m.hhvaem, config.json: expected JSON, got "{"; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "a config that is no text": "m.hhvaem, __metadata__: expected an object of strings, got {"format":"hhvaem model file","version":1,"config.json":"...; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "a config that is null": "m.hhvaem, config.json: expected format "hhvaem model", version 1, got format nothing, version nothing; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "a config without schedule": "m.hhvaem, config.json: expected a configuration and a schedule, got {"config":{"hmc":{}}}; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "a header of 2^63 bytes": "m.hhvaem, header: expected a header of 2 to 100000000 bytes, got a length of 9223372036854776000; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "a header of 4 GB": "m.hhvaem, header: expected a header of 2 to 100000000 bytes, got a length of 4294967296; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "a header of 90 MB": "m.hhvaem, header: expected 90000000 bytes, got only 13632 to the end of the file; the file is incomplete: copy or save it again.",
        "a later version": "m.hhvaem, __metadata__: expected format "hhvaem model file", version 1, got format "hhvaem model file", version "2"; the file is of another version of hhvaem; open it with that version.",
        "a layer of latents too few": "m.hhvaem, weights.safetensors, tensor "hmc/log_step_size": expected shape [3, 3], got [3, 5]; the file belongs to another model, or is damaged; use the weights, config.json and schema.json of one training.",
        "a log cut short": "m.hhvaem, log.jsonl, line 2: expected JSON, got "{\\"note\\":\\"café \\\\ud83d\\\\ude"; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "a million leapfrog steps more than any": "m.hhvaem, config.json: expected hmc.leapfrogSteps to be a whole number from 1 to 1000000, got 2000000; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "a model folder's weights": "m.hhvaem, __metadata__: expected format "hhvaem model file", version 1, got format "hhvaem model", version none; for a model folder's weights.safetensors, give the folder instead.",
        "a negative variance": "m.hhvaem, config.json: expected variance to be a number above 0, got -1; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "a tensor named __proto__": "m.hhvaem, weights.safetensors, tensor "decoder/0/bias": expected shape [16], got no such tensor; the file belongs to another model, or is damaged; use the weights, config.json and schema.json of one training.",
        "a weight that is NaN": "m.hhvaem, weights.safetensors, tensor "decoder/0/bias": expected finite numbers, got NaN at place 5; the file belongs to another model, or is damaged; use the weights, config.json and schema.json of one training.",
        "an entry named __proto__": "m.hhvaem, __metadata__: expected only format, version, config.json, schema.json, log.jsonl, got "__proto__"; use a file that \`hhvaem convert\` or the web page wrote; if it is one, it is damaged: write it again.",
        "an entry too many": "m.hhvaem, __metadata__: expected only format, version, config.json, schema.json, log.jsonl, got "checkpoint.json"; use a file that \`hhvaem convert\` or the web page wrote; if it is one, it is damaged: write it again.",
        "cut in the data": "m.hhvaem, tensor "predictor/1/kernel": expected data up to byte 6800, got a file whose data ends at 6793; the file is incomplete: copy or save it again.",
        "cut in the header": "m.hhvaem, header: expected 6832 bytes, got only 192 to the end of the file; the file is incomplete: copy or save it again.",
        "empty": "m.hhvaem: expected a model in one file, got an empty file; use a file that \`hhvaem convert\` or the web page wrote; if it is one, it is damaged: write it again.",
        "half a latent": "m.hhvaem, config.json: expected latents to be a list of whole numbers from 1 on, layer 1 first, got [2.5]; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "latents as a text": "m.hhvaem, config.json: expected latents to be a list of whole numbers from 1 on, layer 1 first, got "3"; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "metadata that is a list": "m.hhvaem, __metadata__: expected an object of strings, got ["format"]; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "more hidden units than weights": "m.hhvaem, weights.safetensors, tensor "encoder/input/0/kernel": expected shape [10, 999999], got [10, 16]; the file belongs to another model, or is damaged; use the weights, config.json and schema.json of one training.",
        "no config": "m.hhvaem, config.json: expected a file of the model, got no such file; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "no version": "m.hhvaem, __metadata__: expected format "hhvaem model file", version 1, got format "hhvaem model file", version none; the file is of another version of hhvaem; open it with that version.",
        "step sizes gone": "m.hhvaem, config.json: expected hmc.stepSize to be two numbers above 0, got nothing; use a model that \`hhvaem train\` wrote; if it is one, the file is damaged: train again or restore it from a backup.",
        "weights alone": "m.hhvaem, __metadata__: expected an entry format: "hhvaem model file", got none: these are weights alone; for a model folder's weights.safetensors, give the folder instead.",
        "weights in float64": "m.hhvaem, weights.safetensors, tensor "decoder/0/bias": expected float32 numbers, got Float64; the file belongs to another model, or is damaged; use the weights, config.json and schema.json of one training.",
        "weights missing": "m.hhvaem, weights.safetensors, tensor "predictor/1/kernel": expected shape [16, 1], got no such tensor; the file belongs to another model, or is damaged; use the weights, config.json and schema.json of one training.",
        "weights of something else": "m.hhvaem, __metadata__: expected an entry format: "hhvaem model file", got "producer": these are weights of something else; for a model folder's weights.safetensors, give the folder instead.",
        "weights too many": "m.hhvaem, weights.safetensors, tensor "extra": expected only weights of this model, got one more; the file belongs to another model, or is damaged; use the weights, config.json and schema.json of one training.",
        "weights turned round": "m.hhvaem, weights.safetensors, tensor "decoder/0/kernel": expected shape [3, 16], got [16, 3]; the file belongs to another model, or is damaged; use the weights, config.json and schema.json of one training.",
      }
    `);
  });

  it("a schedule of wrong types or beyond its bounds is refused by the setting's name", () => {
    const refusal = (name: string, value: unknown): string => {
      const change = (json: string): string => {
        const head = JSON.parse(json) as { schedule: Record<string, unknown> };
        return JSON.stringify({ ...head, schedule: { ...head.schedule, [name]: value } });
      };
      try {
        unpackModel(withText("config.json", change), "m.hhvaem");
        return "accepted";
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFileError);
        return (error as Error).message.split(";")[0];
      }
    };
    expect(refusal("viSteps", "many")).toBe('m.hhvaem, config.json: expected schedule.viSteps to be a whole number from 0 on, got "many"');
    expect(refusal("batch", 0)).toBe("m.hhvaem, config.json: expected schedule.batch to be a whole number from 1 on, got 0");
    expect(refusal("learningRate", -1)).toBe("m.hhvaem, config.json: expected schedule.learningRate to be a number above 0, got -1");
    expect(refusal("maxMissingRate", 1)).toBe("m.hhvaem, config.json: expected schedule.maxMissingRate to be a number from 0 to below 1, got 1");
    expect(refusal("lightShare", null)).toBe("m.hhvaem, config.json: expected schedule.lightShare to be a number from 0 to 1, got null");
    expect(refusal("hmcSteps", undefined)).toBe("m.hhvaem, config.json: expected schedule.hmcSteps to be a whole number from 0 on, got nothing");
    // of a training that was stopped in its first stage; of a later version
    expect(refusal("viSteps", 0)).toBe("accepted");
    expect(refusal("settingToCome", "on")).toBe("accepted");
  });

  it("files from before a setting existed are read with what they were trained with", () => {
    const without = (given: object, ...names: string[]): object => Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)));
    const older = withText("config.json", (json) => {
      const head = JSON.parse(json) as { config: ModelConfig; schedule: Schedule };
      const { hmc } = head.config;
      return JSON.stringify({ ...head, config: { ...without(head.config, "reparameterised", "outputs", "generative"), hmc: without(hmc, "gradient", "entropy", "entropyChains") }, schedule: without(head.schedule, "marginalRestarts", "completionSteps", "completionPatience") });
    });
    const { head } = parseModel(unpackModel(older));
    expect(head.config).toEqual(config);
    expect(head.schedule).toEqual({ ...smallSchedule, marginalRestarts: 1, completionSteps: 0 });
  });

  it("a schema that is not valid is named with its file", () => {
    expect(() => unpackModel(withText("schema.json", (json) => json.replace('"binary"', '"nonsense"')), "m.hhvaem")).toThrow(/^m\.hhvaem, schema\.json, column "c": expected type "real"/);
  });

  it("any damaged byte of the header is refused or harmless: no other error, no change to Object.prototype", () => {
    const length = Number(new DataView(packed.buffer, packed.byteOffset).getBigUint64(0, true));
    for (let i = 0; i < 600; i++) {
      const bytes = packed.slice();
      bytes[(i * 7919) % (8 + length)] ^= 1 << (i % 8);
      try {
        unpackModel(bytes);
      } catch (error) {
        if (!(error instanceof ModelFileError)) expect((error as Error).name).toBe("SchemaError");
      }
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("packs nothing that it could not read again", () => {
    const broken: FileSet = new Map([...files, ["config.json", text("{}")]]);
    expect(() => packModel(broken)).toThrow('config.json: expected format "hhvaem model", version 1, got format nothing, version nothing; use a model that `hhvaem train` wrote');
    expect(() => packModel(new Map())).toThrow("config.json: expected a file of the model, got no such file");
  });
});
