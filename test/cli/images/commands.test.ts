import { existsSync, mkdirSync, readFileSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { ImageSet } from "../../../src/data/index.ts";
import { idxBytes } from "../../data/images/idx-bytes.ts";
import { bars } from "../../model/image/small-pictures.ts";
import { hhvaem, smallCsv, workFolder } from "../run.ts";

const folder = workFolder();
const quick = ["--preset", "HHVAE", "--vi-steps", "40", "--hmc-steps", "2", "--batch", "16", "--transitions", "2", "--latents", "4,2"];
const PNG = "89504e47";
const head = (path: string): string => readFileSync(path).subarray(0, 4).toString("hex");

/** An IDX file of the set with its labels beside it. */
function idx(name: string, { count, height, width, pixels, labels }: ImageSet): string {
  folder.write(`${name}-labels-idx1-ubyte`, idxBytes(8, [count], Array.from({ length: count }, (_, row) => Number(labels!.cell(row, 0) === "down"))));
  return folder.write(`${name}-images-idx3-ubyte`, idxBytes(8, [count, height, width], pixels));
}

let training: string;
let test: string;
beforeAll(() => {
  training = idx("train", bars(64, 1));
  test = idx("t10k", bars(6, 2));
});

describe("pictures by the command line", () => {
  it("are learned, filled, scored; an interrupted experiment goes on and reports on them", () => {
    const trained = hhvaem("train", training, "--out", folder.path("bars"), "--json", ...quick);
    expect(trained.err + trained.out).toContain('"report"');
    expect(trained.code).toBe(0);
    const summary = JSON.parse(trained.out) as Record<string, unknown>;
    expect(summary).toMatchObject({ preset: "HHVAE", pictures: 64, pixels: "binary", architecture: "mnist", targets: ["label"] });
    expect(head(folder.path("bars/inpainted.png"))).toBe(PNG);
    expect(hhvaem("train", training, "--out", folder.path("bars"), ...quick).err).toContain("holds a model already");

    const inpaint = (mask: string, output: string, ...flags: string[]) =>
      hhvaem("inpaint", folder.path("bars"), test, "--mask", mask, "-o", folder.path(output), "--draws", "2", "--posterior-draws", "4", "--count", "3", ...flags);
    const half = inpaint("half:left", "half.png", "--json");
    expect(half.code, half.err).toBe(0);
    const { errors, acceptance } = JSON.parse(half.out) as { errors: Record<string, number>; acceptance: number };
    expect(Object.keys(errors)).toEqual(["hmc", "encoder"]);
    expect(errors.hmc).toBeLessThan(200);
    expect(acceptance).toBeGreaterThan(0.2);
    expect(head(folder.path("half.png"))).toBe(PNG);
    // nothing seen: draws from the prior; everything seen: the picture itself, and no error to speak of
    const all = inpaint("all", "all.svg");
    expect(all.code, all.err).toBe(0);
    expect(readFileSync(folder.path("all.svg"), "utf8")).toContain("<svg");
    const none = inpaint("none", "none.png");
    expect(none.code, none.err).toBe(0);
    expect(none.out).not.toContain("error of the mean");
    // the same seed, the same picture
    expect(inpaint("half:left", "again.png").code).toBe(0);
    expect(readFileSync(folder.path("again.png")).equals(readFileSync(folder.path("half.png")))).toBe(true);

    const scored = hhvaem("evaluate", folder.path("bars"), test, "--mask", "random:0.5", "--draws", "5", "--json");
    expect(scored.code, scored.err).toBe(0);
    const scores = JSON.parse(scored.out) as Record<string, number>;
    expect(scores).toMatchObject({ rows: 6, draws: 5 });
    expect(scores.error_xu).toBeLessThan(0.5);
  });

  it("an experiment trains, scores by HMC and by the encoder, draws, and does nothing twice", () => {
    const run = (...flags: string[]) =>
      hhvaem("experiment", "images", "--data", training, "--test", test, "--name", "bars", "--presets", "HMCVAE", "--scale", "0.0003", "--hmc-steps", "2", "--draws", "3", "--shown", "2", "--test-rows", "4",
        "--out", folder.path("experiment"), "--report", folder.path("images.md"), ...flags);
    const first = run();
    expect(first.code, first.err).toBe(0);
    const lines = readFileSync(folder.path("experiment/results.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as { method: string; scores: { acceptance: number | null } });
    expect(lines.map(({ method }) => method)).toEqual(["HMCVAE", "HMCVAE:encoder"]);
    expect(lines[0].scores.acceptance).toBeGreaterThan(0.1);
    expect(lines[1].scores.acceptance).toBeNull();
    const report = readFileSync(folder.path("images.md"), "utf8");
    expect(report).toContain("| HMCVAE:encoder |");
    expect(report).toContain("![originals, what was observed, draws, mean and deviation](images-bars.png)");
    expect(head(folder.path("images-bars.png"))).toBe(PNG);
    const again = run();
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain("2 of 2 runs are done already");
    expect(run("--mask", "half:top").err).toContain('holds another experiment (mask: "random:0.5" there, "half:top" here)');
  });

  it("says what is wrong with what it is given", async () => {
    const table = folder.write("table.csv", smallCsv(20));
    const refusal = (...args: string[]): string => {
      const { code, err } = hhvaem(...args);
      expect(code).toBe(2);
      return err.replaceAll(folder.path(""), "").trim();
    };
    const out = ["--out", folder.path("never")];
    expect(refusal("train", table, "--pixels", "binary", "--size", "28", ...out)).toMatchInlineSnapshot(`"--size, --pixels: only for pictures, and this is a table; leave them out."`);
    expect(refusal("train", training, "--preset", "HHVAEM", ...out)).toMatchInlineSnapshot(`"--preset HHVAEM: the preset HHVAEM has a marginal VAE for every feature, and pixels need none; use VAE, MIWAE, HVAE, HMCVAE, HHVAE or proper."`);
    expect(refusal("train", training, "--preset", "best", ...out)).toMatchInlineSnapshot(`"--preset best: the preset best has a completion network, which reads tables only; use VAE, MIWAE, HVAE, HMCVAE, HHVAE or proper."`);
    expect(refusal("predict", folder.path("bars"), test, "-o", folder.path("p.csv"))).toMatchInlineSnapshot(`"/t10k-images-idx3-ubyte holds pictures, and this command reads tables; \`hhvaem train\`, \`inpaint\`, \`evaluate\`, \`experiment images\` and \`experiment saia\` read pictures."`);
    expect(refusal("inpaint", folder.path("bars"), test, "--mask", "middle", "-o", folder.path("x.png"))).toMatchInlineSnapshot(`"mask "middle": expected random:RATE, rectangle, rectangle:TOP,LEFT,HEIGHT,WIDTH, half:left|right|top|bottom, strokes[:COUNT], all, none, or a picture that is dark where pixels are hidden; there is no such kind and no such file."`);
    expect(refusal("inpaint", folder.path("bars"), test, "--mask", "none", "-o", folder.path("x.jpg"))).toMatchInlineSnapshot(`"-o /x.jpg: expected a name that ends in .png or .svg."`);
    expect(refusal("inpaint", folder.path("bars"), test, "--mask", "none", "--pictures", "9", "-o", folder.path("x.png"))).toMatchInlineSnapshot(`"--pictures 9: there are 6 pictures, numbered from 0 on."`);
    const mask = folder.write("mask.png", await sharp(new Uint8Array(16), { raw: { width: 4, height: 4, channels: 1 } }).png().toBuffer());
    expect(refusal("inpaint", folder.path("bars"), test, "--mask", mask, "-o", folder.path("x.png"))).toMatchInlineSnapshot(`"mask mask.png: expected a picture of 9 x 11 pixels, as the pictures are; got 4 x 4."`);
    mkdirSync(folder.path("empty"), { recursive: true });
    expect(refusal("train", folder.path("empty"), ...out)).toMatchInlineSnapshot(`"empty: expected PNG or JPEG files, got an empty folder; name the folder that holds them."`);
    const other = idx("other", { ...bars(3, 1), height: 11, width: 9 });
    expect(refusal("inpaint", folder.path("bars"), other, "--mask", "none", "-o", folder.path("x.png"))).toMatchInlineSnapshot(`
      "the model knows pictures of 9 x 11, grey; got 11 x 9, grey. Bring them to 9x11.
        --size, --grey and --colour bring pictures to one shape"
    `);
    expect(existsSync(folder.path("never"))).toBe(false);
    expect(existsSync(folder.path("x.png"))).toBe(false);
  });
});
