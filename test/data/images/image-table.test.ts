import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  codeImages, formatSchema, imageSchema, LabelTable, parseSchema, pixelIntensities, pixelNames, readIdxImages, readIdxLabels, selectImages, toBytes, withObserved,
  type ImageSchemaOptions, type ImageSet, type Schema,
} from "../../../src/data/index.ts";
import { keyFromSeed, uniform } from "../../../src/math/key.ts";
import { mnistFolder } from "./mnist.ts";
import { message } from "../table-error-of.ts";

/** Random pictures of an awkward size; channel c is c times darker. */
function pictures(count: number, channels: number, labels?: LabelTable): ImageSet {
  const draws = uniform(keyFromSeed(8), count * channels * 15);
  return { count, height: 3, width: 5, channels, pixels: Uint8Array.from(draws, (draw, i) => (256 * draw) / (1 + (Math.floor(i / 15) % channels))), ...(labels && { labels }) };
}
const kinds = new LabelTable(["kind", "smiles"], [["b", "a", "c", ""], ["1", "-1", "", "1"]], 4);

describe("the schema of pictures", () => {
  it("has a feature per pixel and channel, channel by channel, and a target per label", () => {
    const schema = imageSchema(pictures(4, 3, kinds), { pixels: "gaussian" });
    expect(schema.image).toEqual({ height: 3, width: 5, channels: 3, pixels: "gaussian" });
    expect(schema.columns).toHaveLength(47);
    expect([0, 1, 5, 14, 15, 30, 44].map((i) => schema.columns[i].name)).toEqual(["y0x0.r", "y0x1.r", "y1x0.r", "y2x4.r", "y0x0.g", "y0x0.b", "y2x4.b"]);
    expect(schema.columns.slice(45)).toEqual([
      { name: "kind", role: "target", type: "categorical", categories: ["a", "b", "c"] },
      { name: "smiles", role: "target", type: "binary", categories: ["-1", "1"], positiveWeight: 0.5 },
    ]);
    expect(parseSchema(formatSchema(schema))).toEqual(schema);
    expect(pixelNames({ height: 1, width: 2, channels: 1 })).toEqual(["y0x0", "y0x1"]);
  });

  it("takes one mean and deviation per channel, of the training pictures alone", () => {
    const set = pictures(4, 3);
    const { columns } = imageSchema(set, { pixels: "gaussian", rows: [1, 3] });
    for (let c = 0; c < 3; c++) {
      const values = [1, 3].flatMap((row) => Array.from(set.pixels.subarray((row * 3 + c) * 15, (row * 3 + c + 1) * 15)));
      const mean = values.reduce((a, b) => a + b, 0) / 30;
      const std = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / 30);
      expect(Math.abs(columns[c * 15].mean! - mean)).toBeLessThanOrEqual(1e-12 * mean);
      expect(Math.abs(columns[c * 15 + 14].std! - std)).toBeLessThanOrEqual(1e-12 * std);
    }
    const white = { count: 2, height: 1, width: 2, channels: 1, pixels: new Uint8Array(4).fill(200) };
    expect(imageSchema(white, { pixels: "gaussian" }).columns[0]).toMatchObject({ mean: 200, std: 1 });
  });

  it("cuts the grey levels into equal bins, eight unless said otherwise", () => {
    expect(imageSchema(pictures(2, 1), { pixels: "categorical" }).columns[3].categories).toEqual(["15.5", "47.5", "79.5", "111.5", "143.5", "175.5", "207.5", "239.5"]);
    expect(imageSchema(pictures(2, 1), { pixels: "categorical", levels: 3 }).columns[3].categories).toEqual(["42.5", "128", "213"]);
  });

  it("takes the targets and types that are wanted", () => {
    const ages = new LabelTable(["age", "sex"], [["31.5", "40", "2", "17"], ["f", "m", "f", ""]], 4);
    const { columns } = imageSchema(pictures(4, 1, ages), { pixels: "binary", targets: ["age"], types: { age: "real" } });
    expect(imageSchema(pictures(4, 1, ages), { pixels: "binary", types: { age: "ignore" } }).columns.slice(15).map(({ name }) => name)).toEqual(["sex"]);
    expect(columns.slice(15)).toEqual([{ name: "age", role: "target", type: "real", mean: 22.625, std: expect.any(Number), range: [2, 40], decimals: 1, dropsZeros: true }]);
  });

  const bad = (options: Partial<ImageSchemaOptions>, set = pictures(4, 1, kinds)): string => message(() => imageSchema(set, { pixels: "binary", source: "faces", ...options }));
  it("an unknown target", () => expect(bad({ targets: ["age"] })).toMatchInlineSnapshot(`"faces, column "age": there is no such label; there are "kind", "smiles"."`));
  it("an unknown target where there are no labels", () => expect(bad({ targets: ["age"] }, pictures(2, 1))).toMatchInlineSnapshot(`"faces, column "age": there is no such label; there are none."`));
  it("an unknown type", () => expect(bad({ types: { kind: "odd" as never } })).toMatchInlineSnapshot(`"faces, column "kind": unknown type "odd"; use real, positive, bounded, count, binary, ordinal, categorical or ignore."`));
  it("a target that is ignored", () => expect(bad({ targets: ["kind"], types: { kind: "ignore" } })).toMatchInlineSnapshot(`"faces, column "kind": the column is both a target and ignored; choose one."`));
  it("a label named like a pixel", () => expect(bad({}, pictures(2, 1, new LabelTable(["y0x1"], [["a", "b"]], 2)))).toMatchInlineSnapshot(`"faces, column "y0x1": a pixel has this name; rename the label."`));
  it("two channels, no levels and no rows", () => expect(bad({ rows: [], levels: 1 }, pictures(2, 2))).toMatchInlineSnapshot(`
    "faces: expected pictures with 1 or 3 channels, got 3 x 5, 2 channels.
    faces: there are no training pictures; expected at least one.
    faces: expected 2 to 256 grey levels, got 1."
  `));
  it("labels that are all missing", () => expect(bad({ rows: [2], targets: ["smiles"] })).toMatchInlineSnapshot(`"faces, column "smiles": every cell is missing in the 1 training rows; leave the column out (type "ignore")."`));
});

describe("a schema's image", () => {
  const schema = imageSchema(pictures(4, 1), { pixels: "binary" });
  const broken = (change: (copy: Schema & { image: Record<string, unknown> }) => void): string => {
    const copy = structuredClone(schema) as Schema & { image: Record<string, unknown> };
    change(copy as never);
    return message(() => parseSchema(formatSchema(copy)));
  };
  it("no object", () => expect(broken((copy) => (copy.image = 3 as never))).toMatchInlineSnapshot(`"schema.json: image: expected an object, got 3."`));
  it("null", () => expect(broken((copy) => (copy.image = null as never))).toMatchInlineSnapshot(`"schema.json: image: expected an object, got null."`));
  it("sizes, channels and pixels that are none", () => expect(broken((copy) => Object.assign(copy.image, { height: 0, width: "5", channels: 2, pixels: "grey" }))).toMatchInlineSnapshot(`
    "schema.json: image: expected height to be a whole number from 1, got 0.
    schema.json: image: expected width to be a whole number from 1, got "5".
    schema.json: image: expected 1 or 3 channels, got 2.
    schema.json: image: expected pixels to be "binary", "gaussian", "categorical", got "grey"."
  `));
  it("another number of features", () => expect(broken((copy) => (copy.columns[0].role = "target"))).toMatchInlineSnapshot(`"schema.json: image: 3 x 5, grey, needs 15 features, got 14; correct the columns, or take image out."`));
  it("another order", () => expect(broken((copy) => copy.columns.reverse())).toMatchInlineSnapshot(`"schema.json: image: expected feature 1 to be "y0x0", got "y2x4"; correct the columns, or take image out."`));
  it("another coding", () => expect(broken((copy) => (copy.image.pixels = "gaussian"))).toMatchInlineSnapshot(`"schema.json, column "y0x0": gaussian pixels have the type "real", got "binary"; correct the columns, or take image out."`));
});

describe("pictures as a table", () => {
  it("binary pixels are on above 128, the authors' x / 256 > 0.5", () => {
    const set = { count: 1, height: 1, width: 5, channels: 1, pixels: Uint8Array.of(0, 127, 128, 129, 255) };
    const schema = imageSchema(set, { pixels: "binary" });
    expect(Array.from(codeImages(set, schema).x)).toEqual([0, 0, 0, 1, 1]);
    expect(Array.from(pixelIntensities(schema, [0, 1, 0.5, 0, 1]))).toEqual([0, 255, 127.5, 0, 255]);
  });

  it("gaussian pixels come back, whatever their channel", () => {
    const set = pictures(4, 3, kinds);
    const schema = imageSchema(set, { pixels: "gaussian", rows: [0, 1] });
    const table = codeImages(set, schema);
    expect(toBytes(pixelIntensities(schema, table.x))).toEqual(set.pixels);
    expect(table).toMatchObject({ rows: 4, features: 45, targets: 2, warnings: ['column "kind": 1 cells hold levels that the training rows did not have ("c"); they count as missing.'] });
    expect(Array.from(table.y)).toEqual([1, 1, 0, 0, 0, 0, 0, 1]);
    expect(Array.from(table.observedY)).toEqual([1, 1, 1, 1, 0, 0, 0, 1]);
    expect(table.observedX.every((seen) => seen === 1)).toBe(true);
  });

  it("grey levels come back within half a bin; K of 256 exactly; a bin's value is of the bin", () => {
    const set = { count: 1, height: 16, width: 16, channels: 1, pixels: Uint8Array.from({ length: 256 }, (_, i) => i) };
    for (const levels of [2, 3, 7, 8, 100, 256]) {
      const schema = imageSchema(set, { pixels: "categorical", levels });
      const { x } = codeImages(set, schema);
      const back = pixelIntensities(schema, x);
      expect(Math.max(...back.map((value, i) => Math.abs(value - i)))).toBeLessThanOrEqual((Math.ceil(256 / levels) - 1) / 2);
      expect(x[0]).toBe(0);
      expect(x[255]).toBe(levels - 1);
      const again = codeImages({ ...set, pixels: Uint8Array.from(back) }, schema);
      expect(again.x).toEqual(x);
    }
  });

  it("takes the rows that are asked for, with their labels, as a selection does", () => {
    const set = pictures(4, 1, kinds);
    const schema = imageSchema(set, { pixels: "binary" });
    const table = codeImages(set, schema, [3, 0]);
    expect(table).toEqual(codeImages(selectImages(set, [3, 0]), schema));
    expect(table.x.slice(15)).toEqual(codeImages(set, schema).x.slice(0, 15));
    expect(selectImages({ ...set, names: ["a", "b", "c", "d"] }, [3, 0]).names).toEqual(["d", "a"]);
  });

  it("without labels, or with others, targets are missing", () => {
    const schema = imageSchema(pictures(4, 1, kinds), { pixels: "binary" });
    expect(Array.from(codeImages(pictures(4, 1), schema).observedY)).toEqual(new Array(8).fill(0));
    const other = new LabelTable(["age", "smiles"], [["3", "4"], ["1", "1"]], 2);
    const table = codeImages(pictures(2, 1, other), schema);
    expect(Array.from(table.observedY)).toEqual([0, 1, 0, 1]);
    expect(table.warnings).toEqual([]);
  });

  it("cut off at 0 and 255 where a draw lies outside", () => {
    expect(Array.from(toBytes([-3, 254.6, 300, 127.4]))).toEqual([0, 255, 255, 127]);
  });

  it("hidden pixels are 0 and not observed", () => {
    const set = pictures(1, 1);
    const table = codeImages(set, imageSchema(set, { pixels: "gaussian" }));
    const observed = new Float32Array(15).fill(1).fill(0, 3, 6);
    const hidden = withObserved(table, observed);
    expect(hidden.observedX).toBe(observed);
    expect(Array.from(hidden.x.subarray(3, 6))).toEqual([0, 0, 0]);
    expect(hidden.x.subarray(6)).toEqual(table.x.subarray(6));
    expect(() => withObserved(table, new Float32Array(14))).toThrowErrorMatchingInlineSnapshot(`[RangeError: [withObserved] expected [1, 15] entries, got 14.]`);
  });

  it("of another size, or with a model of no picture, are refused", () => {
    const schema = imageSchema(pictures(2, 1), { pixels: "binary" });
    expect(message(() => codeImages({ count: 1, height: 3, width: 4, channels: 1, pixels: new Uint8Array(12) }, schema, undefined, "faces"))).toMatchInlineSnapshot(`"faces: the model knows pictures of 3 x 5, grey; got 3 x 4, grey. Bring them to 3x5."`);
    expect(message(() => codeImages(pictures(2, 3), schema))).toMatchInlineSnapshot(`"the model knows pictures of 3 x 5, grey; got 3 x 5, colour. Bring them to 3x5 in grey."`);
    expect(message(() => codeImages(pictures(2, 1), { version: 1, columns: [] }))).toMatchInlineSnapshot(`"the model's features are no picture: its schema has no image; train on pictures first."`);
  });

  it("MNIST's test digits have the known mean and deviation", () => {
    const set: ImageSet = { ...readIdxImages(readFileSync(`${mnistFolder()}/t10k-images-idx3-ubyte`)), labels: readIdxLabels(readFileSync(`${mnistFolder()}/t10k-labels-idx1-ubyte`)) };
    const schema = imageSchema(set, { pixels: "gaussian" });
    // the usual statistics of MNIST's test digits, 0.1325 and 0.3105, in units of 0..255
    expect(Math.abs(schema.columns[0].mean! / 255 - 0.1325)).toBeLessThanOrEqual(1e-4);
    expect(Math.abs(schema.columns[0].std! / 255 - 0.3105)).toBeLessThanOrEqual(1e-4);
    const table = codeImages(set, schema);
    expect(schema.columns.at(-1)!.categories).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(Array.from(table.y.subarray(0, 4))).toEqual([7, 2, 1, 0]);
  });
});
