import { describe, expect, it } from "vitest";
import { acquire, openLoop } from "../../src/acquisition/index.ts";
import { checkCell } from "../../src/math/finite.ts";
import { NonFiniteError } from "../../src/math/non-finite-error.ts";
import { loadModel, type FileSet, type KnownRows, type Model } from "../../src/model/index.ts";
import { readSafetensors, writeSafetensors } from "../../src/nn/safetensors.ts";
import { testDevice } from "../device.ts";
import { smallFiles } from "./small-files.ts";
import { smallConfig, smallTable } from "./small-model.ts";

const table = smallTable(6, 2);
const known: KnownRows = { rows: table.rows, x: table.x, observed: table.observedX };
const first: KnownRows = { rows: 1, x: table.x.slice(0, 4), observed: table.observedX.slice(0, 4) };

/** Everywhere that a model's answers leave the library, and what a refusal calls the answer. */
const answers: Record<string, { ask(model: Model): Promise<unknown>; where: RegExp }> = {
  impute: { ask: (model) => model.impute(table, { draws: 20 }), where: /^\[impute\] row \d \(the first is 0\), column "[abcd]": expected a finite (value|mean|probability|standard deviation|lower end|upper end), got / },
  "impute with completions": { ask: (model) => model.impute(table, { draws: 20, completions: 2, cellDraws: 2, targets: true }), where: /^\[impute\] row \d/ },
  predict: { ask: (model) => model.predict(table, { draws: 20 }), where: /^\[predict\] row \d \(the first is 0\), column "t": expected a finite / },
  evaluate: { ask: (model) => model.evaluate(table, new Float32Array(24).map((_, i) => i % 2), { draws: 20 }), where: /^\[evaluate\] row \d \(the first is 0\)/ },
  fillings: { ask: (model) => model.fillings(table, { draws: 20, keep: 2 }), where: /^\[fillings\]: expected a finite (filling|mean|deviation), got / },
  latentPaths: { ask: (model) => model.latentPaths(table, 1, { chains: 2, sweeps: 1 }), where: /^\[latentPaths\] row 1: expected a finite (encoder's mean|encoder's deviation|start), got / },
  acquire: { ask: (model) => acquire(model.conditional(), known, { draws: 20 }), where: /^\[acquire\] row \d \(the first is 0\), column "[abcdt]": expected a finite / },
  "the loop": {
    ask: async (model) => {
      const loop = await openLoop(model.conditional(), first, { draws: 20 });
      try {
        return await loop.state();
      } finally {
        loop.destroy();
      }
    },
    where: /^\[acquire\] row 0 \(the first is 0\), column "[abcdt]": expected a finite /,
  },
};

/** Finite weights that give no finite answer, in a file from before there were checksums. */
function absurd(files: FileSet): FileSet {
  const tensors = new Map(readSafetensors(files.get("weights.safetensors")!).tensors);
  for (const [name, { data }] of tensors) if (!name.startsWith("hmc/")) (data as Float32Array).fill(name.endsWith("kernel") ? 3e38 : -3e38);
  return new Map([...files, ["weights.safetensors", writeSafetensors(tensors)]]);
}

/** Numbers of which NaN says that there is none: of chains that did not run, and of estimates without a standard error. */
const noneIsNaN = ["acceptance", "standardError", "paths", "summaries", "bfmi"];

/** Where an answer holds numbers that are not finite. */
function notFinite(value: unknown, path = ""): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${path} ${value}`];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => (noneIsNaN.includes(key) ? [] : notFinite(part, `${path}.${key}`)));
}

for (const preset of ["VAE", "HHVAEM"]) {
  describe(`${preset}: an answer that is no number does not leave the library`, () => {
    const config = smallConfig(preset);
    for (const [name, { ask, where }] of Object.entries(answers)) {
      it(name, async () => {
        const gpu = await testDevice();
        const bad = await loadModel(gpu, absurd(smallFiles(config)));
        const refusal = await ask(bad).catch((cause: unknown) => cause);
        if (refusal instanceof Error) {
          expect(refusal).toBeInstanceOf(NonFiniteError);
          expect(refusal.message).toMatch(where);
          expect(refusal.message).toMatch(/; the model is damaged, or the row is far beyond those of the training: check both\.$/);
        } else {
          // chains that stand still may have gone nowhere
          expect(preset).toBe("HHVAEM");
          expect(notFinite(refusal)).toEqual([]);
        }
        expect(notFinite(await ask(await loadModel(gpu, smallFiles(config))))).toEqual([]);
      });
    }
  });
}

describe("every number of a cell's answer is looked at", () => {
  const cell = { row: 2, name: "a", value: 1, mean: 1, sd: 1, lower: 0, upper: 2, probabilities: [0.5, 0.5] };
  for (const name of ["value", "mean", "sd", "lower", "upper"] as const) {
    for (const bad of [Number.NaN, Infinity, -Infinity]) it(`${name} ${bad}`, () => expect(() => checkCell("impute", { ...cell, [name]: bad })).toThrow(NonFiniteError));
  }
  it("a probability", () => expect(() => checkCell("impute", { ...cell, probabilities: [0.5, Number.NaN] })).toThrow('[impute] row 2 (the first is 0), column "a": expected a finite probability, got NaN'));
  it("all of them finite", () => expect(() => checkCell("impute", cell)).not.toThrow());
});
