import fc from "fast-check";
import { parseModel } from "../../../src/model/files/parse-model.ts";
import { readCheckpoint } from "../../../src/model/files/checkpoint.ts";
import { packModel, unpackModel, type FileSet } from "../../../src/model/index.ts";
import { writeSafetensors } from "../../../src/nn/safetensors.ts";
import { parseSchema } from "../../../src/data/index.ts";
import { smallFiles } from "../../model/small-files.ts";
import { smallConfig, smallSchedule } from "../../model/small-model.ts";
import { damaged, damages } from "../damage.ts";
import { expectNamed, target } from "../target.ts";

const files = smallFiles();
const names = [...files.keys()];
const packed = packModel(files);

/** All that is read of a model. */
const textOf = (own: FileSet): string => {
  const { head, schema, weights, log } = parseModel(own);
  return JSON.stringify([head, schema, [...weights].map(([name, { shape, data }]) => [name, shape, Array.from(data as Float32Array)]), log]);
};
const right = textOf(files);

const state = {
  format: "hhvaem checkpoint", version: 1, step: 3, stage: "elbo", seed: 1, config: smallConfig("HHVAEM"), schedule: smallSchedule, log: [],
};
const checkpoint: FileSet = new Map([
  ["checkpoint.json", new TextEncoder().encode(JSON.stringify(state))],
  ["state.safetensors", writeSafetensors({ parameters: { shape: [4], data: Float32Array.of(1, 2, 3, 4) } })],
]);

const json = fc.oneof(fc.constantFrom(null, true, -1, 0, 1e300, "", "x", [], {}), fc.json({ maxDepth: 2 }).map((text) => JSON.parse(text) as unknown));

/** A copy in which the value at a path of an object, by numbers, is another one, or is gone. */
function replaced(value: unknown, path: readonly number[], by: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return by;
  const [first = 0, ...rest] = path;
  const keys = Object.keys(value);
  const key = keys[first % keys.length];
  const copy = structuredClone(value) as Record<string, unknown>;
  if (rest.length === 0 && by === "gone") delete copy[key];
  else copy[key] = rest.length === 0 ? by : replaced(copy[key], rest, by);
  return copy;
}

export const modelFileTargets = [
  target({
    name: "damaged-models",
    about: "a damaged .hhvaem file is refused by name, or nothing that is read has changed",
    inputs: damages,
    few: 300,
    check: (damage) => {
      let text: string;
      try {
        text = textOf(unpackModel(damaged(packed, damage), "m.hhvaem"));
      } catch (cause) {
        return expectNamed(cause, ["ModelFileError", "SchemaError"]);
      }
      if (text !== right) throw new Error("read, and otherwise than it was written");
    },
  }),
  target({
    name: "edited-models",
    about: "a model folder with a file damaged, gone or another's is refused by name or read, as whole numbers and shapes allow",
    inputs: fc.record({ file: fc.nat(names.length - 1), damage: damages, gone: fc.boolean() }),
    few: 300,
    check: ({ file, damage, gone }) => {
      const own = new Map(files);
      if (gone) own.delete(names[file]);
      else own.set(names[file], damaged(files.get(names[file])!, damage));
      try {
        textOf(own);
      } catch (cause) {
        expectNamed(cause, ["ModelFileError", "SchemaError"]);
      }
    },
  }),
  target({
    name: "odd-settings",
    about: "a model's config.json and schema.json with any value in any place are read or refused by name",
    inputs: fc.record({ file: fc.constantFrom("config.json", "schema.json"), path: fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }), by: fc.oneof(json, fc.constant("gone")) }),
    few: 400,
    check: ({ file, path, by }) => {
      const text = JSON.stringify(replaced(JSON.parse(new TextDecoder().decode(files.get(file))), path, by));
      try {
        if (file === "schema.json") parseSchema(text);
        textOf(new Map(files).set(file, new TextEncoder().encode(text)));
      } catch (cause) {
        expectNamed(cause, ["ModelFileError", "SchemaError"]);
      }
    },
  }),
  target({
    name: "damaged-checkpoints",
    about: "a damaged checkpoint is refused by name or read",
    inputs: fc.record({ state: fc.boolean(), damage: damages }),
    few: 300,
    check: ({ state: ofState, damage }) => {
      const name = ofState ? "state.safetensors" : "checkpoint.json";
      try {
        readCheckpoint(new Map(checkpoint).set(name, damaged(checkpoint.get(name)!, damage)));
      } catch (cause) {
        expectNamed(cause, ["ModelFileError"]);
      }
    },
  }),
];
