import { mkdirSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { holdsImages, loadImages, loadMask, type ImageOptions } from "../../../src/cli/images/index.ts";
import { loadSchema } from "../../../src/cli/inputs/tables.ts";
import { UsageError } from "../../../src/cli/usage-error.ts";
import { formatSchema, gzip, imageSchema, LabelTable, TableError } from "../../../src/data/index.ts";
import { keyFromSeed, uniform } from "../../../src/math/key.ts";
import { idxBytes } from "../../data/images/idx-bytes.ts";
import { mnistFolder } from "../../data/images/mnist.ts";
import { workFolder } from "../run.ts";
import { hasShared } from "../../shared.ts";

const folder = workFolder();

/** Random bytes, row by row and channels last, and what a file of them is. */
function noise(height: number, width: number, channels: number, seed = 1): Uint8Array {
  return Uint8Array.from(uniform(keyFromSeed(seed), height * width * channels), (draw) => 256 * draw);
}
const raw = (pixels: Uint8Array, height: number, width: number, channels: 1 | 2 | 3 | 4) => sharp(pixels, { raw: { width, height, channels } });
const png = (pixels: Uint8Array, height: number, width: number, channels: 1 | 2 | 3 | 4): Promise<Buffer> => {
  const image = raw(pixels, height, width, channels);
  return (channels < 3 ? image.toColourspace("b-w") : image).png().toBuffer();
};
/** A PNG or JPEG of noise in the folder. */
async function picture(name: string, height: number, width: number, channels: 1 | 3, seed = 1): Promise<string> {
  const bytes = noise(height, width, channels, seed);
  return folder.write(name, /jpg$/.test(name) ? await raw(bytes, height, width, channels).jpeg().toBuffer() : await png(bytes, height, width, channels));
}
const refusal = async (path: string, options: ImageOptions = {}): Promise<string> => {
  try {
    await loadImages(path, options);
  } catch (cause) {
    expect(cause instanceof TableError || cause instanceof UsageError, String((cause as Error).stack)).toBe(true);
    return (cause as Error).message.replaceAll(`${folder.path("")}`, "");
  }
  return "no error";
};

/** Folders of pictures and IDX files that several tests read. */
const set = folder.path("set");
const images = folder.write("x/train-images-idx3-ubyte", idxBytes(8, [2, 3, 5], noise(2, 3, 5)));
const gzipped = folder.path("x/other-images-idx3-ubyte.gz");
const labels = folder.write("labels.csv", "smiles,image,age\n1,10.png,31\n-1,1.PNG,\n,2.png,40\n");
beforeAll(async () => {
  for (const [name, seed] of [["10.png", 10], ["2.png", 2], ["sub/1.PNG", 1]] as const) await picture(`set/${name}`, 3, 5, 1, seed);
  folder.write("set/about.txt", "no picture");
  folder.write("set/.hidden.png", "no picture");
  folder.write("x/other-images-idx3-ubyte.gz", await gzip(idxBytes(8, [2, 3, 5], noise(2, 3, 5))));
});

describe("single pictures", () => {
  it("grey and colour PNGs come back exactly, channels first", async () => {
    const grey = await loadImages(await picture("grey.png", 3, 7, 1));
    expect(grey).toMatchObject({ count: 1, height: 3, width: 7, channels: 1, names: ["grey.png"] });
    expect(grey.pixels).toEqual(noise(3, 7, 1));
    const colour = await loadImages(await picture("colour.png", 5, 2, 3));
    expect(colour).toMatchObject({ height: 5, width: 2, channels: 3 });
    expect(Array.from(colour.pixels)).toEqual([0, 1, 2].flatMap((c) => Array.from({ length: 10 }, (_, p) => noise(5, 2, 3)[3 * p + c])));
  });

  it("all grey levels survive --colour and --grey", async () => {
    const levels = Uint8Array.from({ length: 256 }, (_, i) => i);
    const path = folder.write("levels.png", await png(levels, 16, 16, 1));
    const colour = await loadImages(path, { colour: true });
    expect(colour.channels).toBe(3);
    for (let c = 0; c < 3; c++) expect(colour.pixels.slice(256 * c, 256 * (c + 1))).toEqual(levels);
    expect((await loadImages(path, { grey: true })).pixels).toEqual(levels);
  });

  it("--grey takes the luma of colours", async () => {
    const path = folder.write("rgb.png", await png(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9), 1, 4, 3));
    expect(Array.from((await loadImages(path, { grey: true })).pixels)).toEqual([76, 150, 29, 9]);
  });

  it("JPEGs are near what went in, smooth ones", async () => {
    const smooth = Uint8Array.from({ length: 16 * 24 * 3 }, (_, i) => 40 + 5 * Math.floor(i / 72) + 3 * (Math.floor(i / 3) % 24));
    const path = folder.write("smooth.jpg", await raw(smooth, 16, 24, 3).jpeg({ quality: 95 }).toBuffer());
    const { pixels, ...size } = await loadImages(path);
    expect(size).toMatchObject({ height: 16, width: 24, channels: 3 });
    for (let p = 0; p < 384; p++) expect(Math.abs(pixels[p] - smooth[3 * p])).toBeLessThanOrEqual(6);
    expect((await loadImages(folder.write("g.jpeg", await raw(noise(8, 8, 1), 8, 8, 1).toColourspace("b-w").jpeg().toBuffer()))).channels).toBe(1);
  });

  it("16 bits are cut to 8", async () => {
    const deep = new Uint16Array([0, 0x00ff, 0x7fff, 0x8000, 0xff00, 0xffff]);
    const grey = folder.write("deep.png", await sharp(deep, { raw: { width: 3, height: 2, channels: 1, depth: "ushort" } } as never).toColourspace("grey16").png().toBuffer());
    expect(await loadImages(grey)).toMatchObject({ channels: 1, pixels: Uint8Array.of(0, 0, 127, 128, 255, 255) });
    const colour = folder.write("deep-colour.png", await sharp(deep, { raw: { width: 2, height: 1, channels: 3, depth: "ushort" } } as never).toColourspace("rgb16").png().toBuffer());
    expect(await loadImages(colour)).toMatchObject({ channels: 3, pixels: Uint8Array.of(0, 128, 0, 255, 127, 255) });
  });

  it("what is transparent shows white", async () => {
    const grey = await loadImages(folder.write("alpha.png", await png(Uint8Array.of(100, 0, 100, 255, 100, 128), 1, 3, 2)));
    expect(grey.channels).toBe(1);
    expect([grey.pixels[0], grey.pixels[1]]).toEqual([255, 100]);
    expect(Math.abs(grey.pixels[2] - 177.2)).toBeLessThanOrEqual(1);
    const colour = await loadImages(folder.write("rgba.png", await png(Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0), 1, 2, 4)));
    expect(colour).toMatchObject({ channels: 3, pixels: Uint8Array.of(10, 255, 20, 255, 30, 255) });
  });

  it("a camera's orientation is undone before the crop", async () => {
    const lines = Uint8Array.from({ length: 32 * 16 * 3 }, (_, i) => (Math.floor(i / 3) % 16 < 8 ? 20 : 230));
    const turned = await raw(lines, 32, 16, 3).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    // a quarter turn to the right: what was left is on top
    const { height, width, pixels } = await loadImages(folder.write("turned.jpg", turned), { grey: true });
    expect([height, width]).toEqual([16, 32]);
    expect(pixels[0]).toBeLessThan(60);
    expect(pixels[31]).toBeLessThan(60);
    expect(pixels[15 * 32]).toBeGreaterThan(200);
    expect(await loadImages(folder.path("turned.jpg"), { crop: "16" })).toMatchObject({ height: 16, width: 16 });
  });

  it("--crop takes the middle, --size scales and covers", async () => {
    const path = folder.write("steps.png", await png(Uint8Array.from({ length: 8 * 12 }, (_, i) => 20 * (i % 12)), 8, 12, 1));
    expect(Array.from((await loadImages(path, { crop: "2" })).pixels)).toEqual([100, 120, 100, 120]);
    expect(await loadImages(path, { size: "4" })).toMatchObject({ height: 4, width: 4 });
    expect(await loadImages(path, { size: "3x5" })).toMatchObject({ height: 3, width: 5 });
    // the middle 8 columns, two at a time: 2 | 3, 4 | 5, ... of 20 each
    (await loadImages(path, { size: "4" })).pixels.subarray(0, 4).forEach((grey, j) => expect(Math.abs(grey - (50 + 40 * j))).toBeLessThanOrEqual(4));
    expect(await loadImages(path, { crop: "6", size: "12" })).toMatchObject({ height: 12, width: 12 });
  });
});

describe("folders of pictures", () => {
  it("are read in the order of numbers, with what is inside", async () => {
    const loaded = await loadImages(set);
    expect(loaded).toMatchObject({ count: 3, height: 3, width: 5, channels: 1, names: ["2.png", "10.png", "sub/1.PNG"] });
    expect(loaded.pixels.slice(15, 30)).toEqual(noise(3, 5, 1, 10));
  });

  it("take labels from a table, by name, wherever the names stand", async () => {
    const { labels: table } = await loadImages(set, { labels });
    expect(table!.columns).toEqual(["smiles", "age"]);
    expect([0, 1, 2].map((row) => [table!.cell(row, 0), table!.cell(row, 1)])).toEqual([["", "40"], ["1", "31"], ["-1", ""]]);
  });

  it("with names that are unknown, twice or missing are refused, all at once", async () => {
    const bad = folder.write("bad.csv", "image,kind\n2.png,a\n3.png,b\n2.png,c\n");
    expect(await refusal(set, { labels: bad })).toMatchInlineSnapshot(`
      "bad.csv, row 3, column "image": there is no picture "3.png"; correct the name, or take the row out.
      bad.csv, row 4, column "image": "2.png" stands twice, first in row 2; take one out.
      bad.csv: 2 of 3 pictures have no row: "10.png", "sub/1.PNG"; add them, with empty cells where a label is unknown."
    `);
    expect(await refusal(set, { labels: folder.write("no.csv", "a,b\n1,2\n") })).toMatchInlineSnapshot(`"no.csv: no column holds the pictures' names, such as "2.png"; the columns are "a", "b". Add one."`);
    expect(await refusal(set, { labels: folder.path("nowhere.csv") })).toMatchInlineSnapshot(`"cannot read /nowhere.csv: there is no such file or folder."`);
  });

  it("empty, or without pictures", async () => {
    mkdirSync(folder.path("empty"));
    expect(await refusal(folder.path("empty"))).toMatchInlineSnapshot(`"empty: expected PNG or JPEG files, got an empty folder; name the folder that holds them."`);
    folder.write("texts/a.txt", "a");
    folder.write("texts/b.txt", "b");
    expect(await refusal(folder.path("texts"))).toMatchInlineSnapshot(`"texts: expected PNG or JPEG files, got 2 other files, such as "a.txt"; name the folder that holds them."`);
    folder.write("idx/t-images-idx3-ubyte", idxBytes(8, [1, 1, 1], [3]));
    expect(await refusal(folder.path("idx"))).toMatchInlineSnapshot(`"idx: expected PNG or JPEG files, got 1 other file, such as "t-images-idx3-ubyte"; name one of the IDX files, such as /idx/t-images-idx3-ubyte."`);
    expect(await refusal(folder.path("not-there"))).toMatchInlineSnapshot(`"cannot read /not-there: there is no such file or folder."`);
  });

  it("with everything wrong say everything", async () => {
    await picture("mixed/a.png", 3, 5, 1);
    await picture("mixed/b.png", 3, 5, 3);
    await picture("mixed/c.jpg", 4, 4, 3);
    folder.write("mixed/d.png", (await png(noise(20, 20, 1), 20, 20, 1)).subarray(0, 200));
    folder.write("mixed/e.jpg", "<svg/>");
    folder.write("mixed/f.png", "");
    folder.write("mixed/g.jpg", (await raw(noise(32, 32, 3), 32, 32, 3).jpeg().toBuffer()).subarray(0, 900));
    expect(await refusal(folder.path("mixed"))).toMatchInlineSnapshot(`
      "mixed: d.png: the picture is damaged or cut off; get it again, or take it out.
      mixed: e.jpg: expected a PNG or JPEG, got another format; convert it.
      mixed: f.png: the file is empty; get it again.
      mixed: g.jpg: the picture is damaged or cut off; get it again, or take it out.
      mixed: expected pictures of one size, got 2 of 3 x 5, 1 of 4 x 4; choose one with --size, such as --size 3x5.
      mixed: expected pictures that are all grey or all in colour, got 2 in colour, 1 grey; choose with --grey or --colour."
    `);
    expect(await refusal(folder.path("mixed"), { size: "4", crop: "4", grey: true })).toMatchInlineSnapshot(`
      "mixed: a.png: --crop 4 does not fit into its 3 x 5 pixels; make it smaller.
      mixed: b.png: --crop 4 does not fit into its 3 x 5 pixels; make it smaller.
      mixed: d.png: the picture is damaged or cut off; get it again, or take it out.
      mixed: e.jpg: expected a PNG or JPEG, got another format; convert it.
      mixed: f.png: the file is empty; get it again.
      mixed: g.jpg: the picture is damaged or cut off; get it again, or take it out."
    `);
  });

  it("too large to be an input", async () => {
    folder.write("large/photo.png", await sharp({ create: { width: 300, height: 257, channels: 3, background: "red" } }).png().toBuffer());
    expect(await refusal(folder.path("large"))).toMatchInlineSnapshot(`"large: pictures of 257 x 300, colour, have 77100 pixels; the most is 65536. Make them smaller with --size, such as --size 64."`);
    expect(await loadImages(folder.path("large"), { size: "8" })).toMatchObject({ height: 8, width: 8 });
  });
});

describe("IDX files", () => {
  it("bring the labels that lie beside them, or those that are given", async () => {
    expect((await loadImages(images)).labels).toBeUndefined();
    folder.write("x/train-labels-idx1-ubyte.gz", await gzip(idxBytes(8, [2], [4, 7])));
    const { labels, ...set } = await loadImages(images);
    expect(set).toEqual({ count: 2, height: 3, width: 5, channels: 1, pixels: noise(2, 3, 5) });
    expect([labels!.cell(0, 0), labels!.cell(1, 0)]).toEqual(["4", "7"]);
    const table = await loadImages(images, { labels: folder.write("x/kinds.csv", "kind,size\nshoe,3\nhat,4\n") });
    expect([table.labels!.cell(1, 0), table.labels!.cell(1, 1)]).toEqual(["hat", "4"]);
  });

  it("may be gzipped, and are scaled and coloured as pictures are", async () => {
    expect((await loadImages(gzipped)).pixels).toEqual(noise(2, 3, 5));
    const colour = await loadImages(gzipped, { colour: true });
    expect(colour.channels).toBe(3);
    expect(colour.pixels.slice(75, 90)).toEqual(noise(2, 3, 5).slice(15));
    expect((await loadImages(gzipped, { crop: "1" })).pixels).toEqual(Uint8Array.of(noise(2, 3, 5)[7], noise(2, 3, 5)[22]));
    expect(await loadImages(gzipped, { size: "6" })).toMatchObject({ count: 2, height: 6, width: 6 });
    expect(await refusal(gzipped, { crop: "9" })).toMatchInlineSnapshot(`"other-images-idx3-ubyte.gz: --crop 9 does not fit into its 3 x 5 pixels; make it smaller."`);
  });

  it("with labels of another number are refused", async () => {
    expect(await refusal(images, { labels: folder.write("x/three", idxBytes(8, [3], [1, 2, 3])) })).toMatchInlineSnapshot(`"three: expected 2 labels, one for each picture of train-images-idx3-ubyte, got 3; take the file that belongs to it."`);
    expect(await refusal(images, { labels: folder.write("x/one.csv", "a\n1\n") })).toMatchInlineSnapshot(`"one.csv: expected 2 labels, one for each picture of train-images-idx3-ubyte, got 1; take the file that belongs to it."`);
  });

  it("of MNIST come with their labels", async () => {
    const { labels, ...set } = await loadImages(`${mnistFolder()}/t10k-images-idx3-ubyte`);
    expect(set).toMatchObject({ count: 10000, height: 28, width: 28, channels: 1 });
    expect(labels!.cell(9999, 0)).toBe("6");
    if (hasShared) expect((await loadImages("../shared/data/olivetti_faces/faces-images-idx3-ubyte.gz", { size: "28" })).labels!.rows).toBe(400);
  });
});

it("a schema of pictures keeps its features when targets are named anew", async () => {
  const set = { count: 2, height: 1, width: 1, channels: 1, pixels: Uint8Array.of(0, 255), labels: new LabelTable(["a", "b"], [["1", "2"], ["3", "4"]], 2) };
  const schema = folder.write("schema.json", formatSchema(imageSchema(set, { pixels: "binary" })));
  expect((await loadSchema(set.labels, "", ["a", "b"], { schema })).image).toEqual({ height: 1, width: 1, channels: 1, pixels: "binary" });
  await expect(loadSchema(set.labels, "", ["a"], { schema })).rejects.toThrowErrorMatchingInlineSnapshot(`[SchemaError: schema.json: image: 1 x 1, grey, needs 1 features, got 2; correct the columns, or take image out.]`);
});

describe("options", () => {
  for (const [name, options] of Object.entries<ImageOptions>({ "no size": { size: "large" }, "size 0": { size: "0" }, "three sides": { size: "3x4x5" }, "no crop": { crop: "3x4" }, both: { grey: true, colour: true } })) {
    it(`refuse ${name}`, async () => expect(await refusal(set, options)).toMatchSnapshot());
  }
  it("tell pictures from tables", async () => {
    expect(await holdsImages(set)).toBe(true);
    expect(await holdsImages(folder.path("set/2.png"))).toBe(true);
    expect(await holdsImages(images)).toBe(true);
    expect(await holdsImages(gzipped)).toBe(true);
    expect(await holdsImages(labels)).toBe(false);
    await expect(holdsImages(folder.path("nowhere"))).rejects.toThrow("there is no such file or folder");
  });
});

describe("masks", () => {
  const size = { height: 3, width: 5, channels: 3 };
  const fails = (text: string): Promise<string> => loadMask(text, size).then(() => "no error", (cause: Error) => cause.message.replaceAll(folder.path(""), ""));
  it("are kinds, or pictures that are dark where pixels are hidden", async () => {
    expect(Array.from((await loadMask("half:top", size))(size, [1, 2]))).toEqual([0, 0, 0, 0, 0, ...new Array(10).fill(1)]);
    const drawn = folder.write("mask.png", await png(Uint8Array.from({ length: 15 }, (_, i) => (i < 4 ? 90 : 180)), 3, 5, 1));
    expect(Array.from((await loadMask(drawn, size))(size, [1, 2]))).toEqual([0, 0, 0, 0, ...new Array(11).fill(1)]);
  });
  it("of another size, damaged or unknown are refused at once", async () => {
    expect(await fails(await picture("small.png", 2, 5, 1))).toMatchInlineSnapshot(`"mask small.png: expected a picture of 3 x 5 pixels, as the pictures are; got 2 x 5."`);
    expect(await fails("rectangle:2,0,2,2")).toMatchInlineSnapshot(`"mask "rectangle:2,0,2,2": ends at row 4 and column 2; the pictures are 3 x 5. Make it smaller."`);
    expect(await fails(folder.write("mask.txt", "dark"))).toMatchInlineSnapshot(`"mask mask.txt: expected a PNG or JPEG, got another format; convert it."`);
    expect(await fails("haf:left")).toMatchInlineSnapshot(`"mask "haf:left": expected random:RATE, rectangle, rectangle:TOP,LEFT,HEIGHT,WIDTH, half:left|right|top|bottom, strokes[:COUNT], all, none, or a picture that is dark where pixels are hidden; there is no such kind and no such file."`);
    expect(await fails(set)).toMatchInlineSnapshot(`"cannot read /set: it is a folder."`);
  });
});
