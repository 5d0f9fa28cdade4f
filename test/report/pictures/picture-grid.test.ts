import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { writePictures } from "../../../src/cli/images/index.ts";
import { encodePng, heatColour, pictureGridSvg, pixelMoments, type PictureGrid, type Shown } from "../../../src/report/index.ts";
import { scaleTop } from "../../../src/report/pictures/heat-colours.ts";
import { keyFromSeed, normal, uniform } from "../../../src/math/key.ts";
import { workFolder } from "../../cli/run.ts";

const folder = workFolder();
const bytes = (n: number, seed = 1): Uint8Array => Uint8Array.from(uniform(keyFromSeed(seed), n), (draw) => 256 * draw);

describe("PNG files", () => {
  it("of 1, 3 and 4 channels are read by others as they were written", async () => {
    for (const channels of [1, 3, 4] as const) {
      const pixels = bytes(7 * 5 * channels);
      const image = sharp(await encodePng(pixels, 7, 5, channels), { failOn: "warning" });
      expect(await image.metadata()).toMatchObject({ width: 5, height: 7, channels, depth: "uchar", space: channels === 1 ? "b-w" : "srgb" });
      const { data } = await image.toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
      const each = channels === 1 ? 3 : channels;
      expect(Array.from(data)).toEqual(Array.from({ length: 35 * each }, (_, i) => (channels === 1 ? pixels[Math.floor(i / 3)] : pixels[i])));
    }
  });
  it("of nothing, or of another size, are refused", async () => {
    await expect(encodePng(new Uint8Array(5), 2, 2, 1)).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [encodePng] expected [2, 2, 1] bytes with 1, 3 or 4 channels, got 5.]`);
    await expect(encodePng(new Uint8Array(8), 2, 2, 2)).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [encodePng] expected [2, 2, 2] bytes with 1, 3 or 4 channels, got 8.]`);
    await expect(encodePng(new Uint8Array(0), 0, 2, 1)).rejects.toThrow(RangeError);
  });
});

/** Two rows of 3 x 5 pictures; half of the first and all of the second are hidden. */
function smallGrid(channels: number): PictureGrid {
  const pictures = bytes(2 * channels * 15);
  const observed = Uint8Array.from({ length: 30 }, (_, i) => Number(i < 7));
  const deviation = Float32Array.from({ length: 30 }, (_, i) => i);
  return {
    height: 3, width: 5, channels, rows: 2, labels: ["first", "a < b"], title: "Pictures & draws", note: "a note",
    groups: [{ title: "original", pictures: [pictures] }, { title: "observed", pictures: [pictures], observed }, { title: "two draws of a model", pictures: [bytes(30 * channels, 2), bytes(30 * channels, 3)] }, { title: "standard deviation", deviation }],
  };
}

describe("a grid of pictures", () => {
  it("names every column and row, escapes, and explains hatching and colours", async () => {
    const svg = await pictureGridSvg(smallGrid(1));
    for (const text of [">original<", ">observed<", ">two draws of a model<", ">standard<", ">deviation<", ">first<", ">a &lt; b<", "Pictures &amp; draws", ">a note<", ">hidden<", ">30<"]) expect(svg).toContain(text);
    expect(svg.match(/<image /g)).toHaveLength(10);
    expect(svg.match(/fill="url\(#hidden\)"/g)).toHaveLength(3);
    const bare = await pictureGridSvg({ height: 28, width: 28, channels: 1, rows: 1, groups: [{ title: "", pictures: [bytes(784)] }] });
    expect(bare).not.toMatch(/>hidden<|grey levels of|NaN|undefined|Infinity/);
    expect(bare).toContain('width="84" height="84"');
  });

  it("shows every pixel as a square of its colour, hidden ones as no colour of theirs", async () => {
    for (const channels of [1, 3]) {
      const grid = smallGrid(channels);
      const svg = await pictureGridSvg(grid);
      const path = folder.path(`grid-${channels}.png`);
      await writePictures(path, grid);
      const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      const at = (x: number, y: number): number[] => Array.from(data.subarray((Math.floor(y) * info.width + Math.floor(x)) * 3, (Math.floor(y) * info.width + Math.floor(x)) * 3 + 3));
      const cells = [...svg.matchAll(/<image x="([\d.]+)" y="([\d.]+)" width="(\d+)" height="(\d+)"/g)].map(([, x, y, width, height]) => ({ x: Number(x), y: Number(y), width: Number(width), height: Number(height) }));
      expect(cells[0]).toMatchObject({ width: 85, height: 51 });
      expect(info.width).toBe(2 * Number(/width="([\d.]+)"/.exec(svg)![1]));
      const expected = (pixels: Uint8Array, row: number, p: number): number[] => [0, 1, 2].map((c) => pixels[row * channels * 15 + (channels === 3 ? c * 15 : 0) + p]);
      const pictures = (grid.groups[0] as Shown).pictures[0];
      for (let row = 0; row < 2; row++) {
        for (let p = 0; p < 15; p++) {
          // two pixels of the file are one unit of the drawing; pixels are 17 units: just inside opposite corners
          for (const inset of [1.5, 15.5]) {
            const place = (cell: (typeof cells)[number]): number[] => at(2 * (cell.x + 17 * (p % 5) + inset), 2 * (cell.y + 17 * Math.floor(p / 5) + inset));
            expect(place(cells[row])).toEqual(expected(pictures, row, p));
            const [red, green, blue] = place(cells[2 + row]);
            if (row === 0 && p < 7) expect([red, green, blue]).toEqual(expected(pictures, 0, p));
            else expect(blue > green && green > red).toBe(true);
            expect(place(cells[8 + row])).toEqual(heatColour((row * 15 + p) / 30));
          }
        }
      }
    }
  });

  it("is written as SVG where the name says so, and whole or not at all", async () => {
    await writePictures(folder.path("grid.svg"), smallGrid(1));
    expect((await sharp(folder.path("grid.svg")).metadata()).format).toBe("svg");
    await expect(writePictures(folder.path("nowhere/grid.png"), smallGrid(1))).rejects.toThrow("there is no such file or folder");
  });

  const refused = (change: Partial<PictureGrid>): Promise<string> => pictureGridSvg({ ...smallGrid(3), ...change }).then(() => "no error", (cause: Error) => cause.message);
  it("that does not fit together is refused", async () => {
    expect(await refused({ channels: 2 })).toMatchInlineSnapshot(`"[pictureGrid] expected rows of pictures with 1 or 3 channels, got 2 rows of 3 x 5 with 2."`);
    expect(await refused({ rows: 0 })).toMatchInlineSnapshot(`"[pictureGrid] expected rows of pictures with 1 or 3 channels, got 0 rows of 3 x 5 with 3."`);
    expect(await refused({ groups: [] })).toMatchInlineSnapshot(`"[pictureGrid] expected at least one column."`);
    expect(await refused({ labels: ["one"] })).toMatchInlineSnapshot(`"[pictureGrid] expected a label for each of 2 rows, got 1."`);
    expect(await refused({ groups: [{ title: "mean", pictures: [new Uint8Array(30)] }] })).toMatchInlineSnapshot(`"[pictureGrid] column "mean": expected pictures [2, 3, 3, 5], got 30 values."`);
    expect(await refused({ groups: [{ title: "draws", pictures: [] }] })).toMatchInlineSnapshot(`"[pictureGrid] column "draws": expected at least one picture a row."`);
    expect(await refused({ groups: [{ title: "observed", pictures: [new Uint8Array(90)], observed: [1, 0] }] })).toMatchInlineSnapshot(`"[pictureGrid] column "observed": expected observed [2, 3, 5], got 2 values."`);
    expect(await refused({ groups: [{ title: "deviation", deviation: new Float32Array(90) }] })).toMatchInlineSnapshot(`"[pictureGrid] column "deviation": expected deviations [2, 3, 5], got 90 values."`);
  });
});

describe("scales and moments", () => {
  it("a scale ends at a round number that holds all", () => {
    expect([[0, 0], [3, 7.2], [99], [0.012], [100], [Number.NaN, 12]].map(scaleTop)).toEqual([1, 8, 100, 0.015, 100, 15]);
  });
  it("colours go from light to dark without a turn", () => {
    const light = (share: number): number => heatColour(share).reduce((sum, value, c) => sum + value * [0.2126, 0.7152, 0.0722][c], 0);
    for (let i = 1; i <= 100; i++) expect(light(i / 100)).toBeLessThan(light((i - 1) / 100));
    expect(heatColour(-1)).toEqual(heatColour(0));
    expect(heatColour(2)).toEqual(heatColour(1));
  });
  it("mean and deviation of draws are those of the definition", () => {
    const [rows, channels, area] = [2, 3, 4];
    const draws = [1, 2, 3, 4, 5].map((seed) => Float32Array.from(normal(keyFromSeed(seed), rows * channels * area), (z) => 100 + 20 * z));
    const { mean, deviation } = pixelMoments(draws, area, channels);
    for (let row = 0; row < rows; row++) {
      for (let p = 0; p < area; p++) {
        let square = 0;
        for (let c = 0; c < channels; c++) {
          const values = draws.map((draw) => draw[(row * channels + c) * area + p]);
          const m = values.reduce((a, b) => a + b, 0) / 5;
          expect(Math.abs(mean[(row * channels + c) * area + p] - m)).toBeLessThanOrEqual(1e-4);
          square += values.reduce((a, b) => a + (b - m) ** 2, 0) / 4 / channels;
        }
        expect(Math.abs(deviation[row * area + p] - Math.sqrt(square))).toBeLessThanOrEqual(1e-4);
      }
    }
    expect(Array.from(pixelMoments([[5, 6]], 2, 1).deviation)).toEqual([0, 0]);
  });
});
