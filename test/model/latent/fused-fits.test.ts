import { expect, it } from "vitest";
import { inferSchema, parseTable, withQuantiles, codeTable, type Schema } from "../../../src/data/index.ts";
import { modelShape } from "../../../src/model/config/columns.ts";
import { levelRuleOf, presets } from "../../../src/model/config/presets.ts";
import type { ModelShape } from "../../../src/model/config/spec.ts";
import { fusedFits } from "../../../src/model/latent/fused-spec.ts";

/** A table with every type of column, and numbers with an atom. */
function schemaOf(levels: "ordered" | "unordered", target: string): Schema {
  const lines = Array.from({ length: 200 }, (_, r) => {
    const u = (r * 0.618034) % 1;
    return [(4 * u - 2).toFixed(3), Math.exp(3 * u).toFixed(2), (100 * u).toFixed(1), u < 0.4 ? 0 : (50 * u).toFixed(2), Math.floor(30 * u * u), r % 2 === 0 ? "yes" : "no", 1 + (r % 4), ["red", "green", "blue"][r % 3]].join(",");
  });
  const table = parseTable(`real,positive,bounded,spiked,visits,sick,grade,colour\n${lines.join("\n")}\n`);
  const schema = inferSchema(table, { targets: [target], types: { bounded: "bounded", visits: "count", ...(levels === "ordered" && { grade: "ordinal" }) } });
  return withQuantiles(schema, codeTable(table, schema));
}

const hmcPresets = Object.keys(presets).filter((name) => presets[name].inference === "hmc" && presets[name].reparameterised);

it.each(hmcPresets)("chains of %s run in one kernel for every type of column, targets hidden or observed", (name) => {
  for (const target of ["real", "visits", "colour", "grade"]) {
    const shape = modelShape(presets[name], schemaOf(levelRuleOf(name), target));
    for (const withTarget of [false, true]) expect(fusedFits(shape, withTarget)).toBe(true);
  }
});

it("all kinds of columns of the best preset are among them", () => {
  const kinds = new Set(["real", "grade"].flatMap((target) => { const { features, targets } = modelShape(presets.best, schemaOf("ordered", target)); return [...features, ...targets].map(({ kind }) => kind); }));
  expect([...kinds].sort()).toEqual(["bernoulli", "categorical", "count", "learned", "ordinal", "spiked"]);
  const binned = modelShape({ ...presets.proper, outputs: "binned" }, schemaOf("ordered", "real"));
  expect(new Set(binned.features.map(({ kind }) => kind))).toContain("binnedCount");
  for (const withTarget of [false, true]) expect(fusedFits(binned, withTarget)).toBe(true);
});

it("the general way remains for latents without the reparameterisation, for pictures, and for more parameters than an invocation keeps", () => {
  const shape = modelShape(presets.proper, schemaOf("ordered", "real"));
  expect(fusedFits({ ...shape, config: { ...shape.config, reparameterised: false } }, false)).toBe(false);
  expect(fusedFits({ ...shape, config: { ...shape.config, image: { height: 28, width: 28, channels: 1 } as ModelShape["config"]["image"] } }, false)).toBe(false);
  const wide = (levels: number, more: Partial<ModelShape> = {}): ModelShape => ({ ...shape, features: [{ kind: "categorical", levels, positiveWeight: 1 }], targets: [], ...more });
  expect(fusedFits(wide(768), false)).toBe(true);
  expect(fusedFits(wide(769), false)).toBe(false);
  // codes are few, the levels that complete a row are not
  const marginal = modelShape(presets.HHVAEM, schemaOf("unordered", "real"));
  expect(fusedFits(wide(300, { config: marginal.config }), false)).toBe(true);
  expect(fusedFits(wide(300, { config: marginal.config }), true)).toBe(false);
});
