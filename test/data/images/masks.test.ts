import { describe, expect, it } from "vitest";
import { drawMasks, maskHelp, parseMask, pictureMask, unknownMask, type PixelMask } from "../../../src/data/index.ts";
import { keyFromSeed } from "../../../src/math/key.ts";

const size = { height: 7, width: 5, channels: 1 };
const key = keyFromSeed(3);
const mask = (text: string): PixelMask => parseMask(text)!;
const drawing = (text: string, { height, width } = size): string => {
  const observed = mask(text)({ height, width }, key);
  return Array.from({ length: height }, (_, y) => Array.from(observed.subarray(y * width, (y + 1) * width), (seen) => (seen ? "#" : ".")).join("")).join("\n");
};
const hiddenShares = (text: string, n: number, of = size): number[] => {
  const all = drawMasks(mask(text), of, Array.from({ length: n }, (_, i) => i), key);
  const each = all.length / n;
  return Array.from({ length: n }, (_, i) => 1 - all.subarray(i * each, (i + 1) * each).reduce((a, b) => a + b, 0) / each);
};

/** How likely each of `side` places is within an interval whose length is uniform from `least` to `most` and whose place is uniform. */
function chanceToBeInside(side: number, least: number, most: number): number[] {
  const lengths = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  // of side - length + 1 places the interval begins at, those from at - length + 1 to at
  const chance = (at: number, length: number): number => (Math.min(at, side - length) - Math.max(0, at - length + 1) + 1) / (side - length + 1);
  return Array.from({ length: side }, (_, at) => lengths.reduce((total, length) => total + chance(at, length), 0) / lengths.length);
}

describe("masks", () => {
  it("random hides each pixel at the rate, independently", () => {
    const n = 2000;
    for (const rate of [0, 0.3, 0.9, 1]) {
      const shares = hiddenShares(`random:${rate}`, n);
      const mean = shares.reduce((a, b) => a + b, 0) / n;
      // 70,000 pixels: the share's standard error is sqrt(r (1 - r) / 70000), 0.0017 at 0.3; five of them
      expect(Math.abs(mean - rate)).toBeLessThanOrEqual(5 * Math.sqrt((rate * (1 - rate)) / (35 * n)));
      // shares of single pictures vary as those of 35 independent pixels do; the variance's relative error is sqrt(2 / n) = 0.03
      const variance = shares.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
      expect(Math.abs(variance - (rate * (1 - rate)) / 35)).toBeLessThanOrEqual(((5 * 0.032) * (rate * (1 - rate))) / 35);
    }
  });

  it("random rectangles have sides from a quarter to three quarters, everywhere, one whole rectangle a picture", () => {
    const of = { height: 28, width: 20, channels: 1 };
    const n = 1200; // a corner is hidden in about one of a hundred
    const all = drawMasks(mask("rectangle"), of, Array.from({ length: n }, (_, i) => i), key);
    const heights = new Set<number>();
    const hit = new Float64Array(560);
    for (let i = 0; i < n; i++) {
      const observed = all.subarray(i * 560, (i + 1) * 560);
      const hidden = Array.from(observed, (seen, p) => (seen === 0 ? p : -1)).filter((p) => p >= 0);
      hidden.forEach((p) => hit[p]++);
      const [ys, xs] = [hidden.map((p) => Math.floor(p / 20)), hidden.map((p) => p % 20)];
      const [h, w] = [Math.max(...ys) - Math.min(...ys) + 1, Math.max(...xs) - Math.min(...xs) + 1];
      expect(hidden).toHaveLength(h * w);
      expect(h).toBeGreaterThanOrEqual(7);
      expect(h).toBeLessThanOrEqual(21);
      expect(w).toBeGreaterThanOrEqual(5);
      expect(w).toBeLessThanOrEqual(15);
      heights.add(h);
    }
    expect(heights.size).toBe(15);
    // every pixel as often as uniform sides and places say, within five standard errors, and the four corners, 8 each, together
    const rows = chanceToBeInside(28, 7, 21);
    const columns = chanceToBeInside(20, 5, 15);
    const expected = Array.from(hit, (_, p) => n * rows[Math.floor(p / 20)] * columns[p % 20]);
    hit.forEach((count, p) => expect(Math.abs(count - expected[p])).toBeLessThanOrEqual(5 * Math.sqrt(expected[p])));
    const corners = (counts: ArrayLike<number>): number => counts[0] + counts[19] + counts[540] + counts[559];
    expect(Math.abs(corners(hit) - corners(expected))).toBeLessThanOrEqual(5 * Math.sqrt(corners(expected)));
  });

  it("a fixed rectangle hides its pixels", () => expect(drawing("rectangle:1,2,3,2")).toMatchInlineSnapshot(`
    "#####
    ##..#
    ##..#
    ##..#
    #####
    #####
    #####"
  `));
  it("halves hide theirs and leave the middle line", () => expect(["left", "right", "top", "bottom"].map((half) => drawing(`half:${half}`)).join("\n\n")).toMatchInlineSnapshot(`
    "..###
    ..###
    ..###
    ..###
    ..###
    ..###
    ..###

    ###..
    ###..
    ###..
    ###..
    ###..
    ###..
    ###..

    .....
    .....
    .....
    #####
    #####
    #####
    #####

    #####
    #####
    #####
    #####
    .....
    .....
    ....."
  `));
  it("strokes are connected, thick and random", () => {
    const of = { height: 28, width: 28, channels: 1 };
    expect(drawing("strokes:1", of)).toMatchInlineSnapshot(`
      "############################
      ############################
      ############################
      ############################
      ############################
      ############################
      ############################
      #########################...
      #########################...
      #########################...
      ##########################..
      ##########################..
      ##########################..
      #########################...
      #########################...
      #########################...
      ###################........#
      #############..............#
      ###########................#
      ########.........###########
      ######........##############
      #####......#################
      ####.....###################
      ..#....#####################
      ......######################
      ......######################
      .....#######################
      #...########################"
    `);
    const mean = (text: string): number => hiddenShares(text, 300, of).reduce((a, b) => a + b, 0) / 300;
    const [one, three, ten] = [mean("strokes:1"), mean("strokes"), mean("strokes:10")];
    expect(one).toBeGreaterThan(0.05);
    expect(three).toBeGreaterThan(2 * one);
    expect(ten).toBeGreaterThan(three);
    expect(ten).toBeLessThan(0.95);
    expect(hiddenShares("strokes:10", 20, { height: 1, width: 3, channels: 1 }).every((share) => share >= 0 && share <= 1)).toBe(true);
  });
  it("all hides everything, none nothing", () => {
    expect(hiddenShares("all", 3)).toEqual([1, 1, 1]);
    expect(hiddenShares("none", 3)).toEqual([0, 0, 0]);
  });
  it("a drawn mask hides what is dark", () => {
    const drawn = pictureMask({ height: 2, width: 2, pixels: Uint8Array.of(0, 127, 128, 255) }, "mask.png");
    expect(Array.from(drawn({ height: 2, width: 2 }, key))).toEqual([0, 0, 1, 1]);
    expect(() => drawn(size, key)).toThrowErrorMatchingInlineSnapshot(`[RangeError: mask mask.png: expected a picture of 7 x 5 pixels, as the pictures are; got 2 x 2.]`);
  });
  it("channels share a mask, pictures do not, and a picture's mask follows its row number", () => {
    const colour = { ...size, channels: 3 };
    const all = drawMasks(mask("random:0.5"), colour, [0, 1, 2], key);
    expect(all).toHaveLength(3 * 105);
    const part = (row: number, channel: number): Float32Array => all.subarray(row * 105 + channel * 35, row * 105 + channel * 35 + 35);
    expect(part(1, 1)).toEqual(part(1, 0));
    expect(part(1, 2)).toEqual(part(1, 0));
    expect(part(1, 0)).not.toEqual(part(0, 0));
    expect(drawMasks(mask("random:0.5"), colour, [2], key)).toEqual(all.slice(210));
    expect(drawMasks(mask("random:0.5"), colour, [2], keyFromSeed(4))).not.toEqual(all.slice(210));
  });
});

describe("the text of a mask", () => {
  it("is a word and what belongs to it; other words are no masks", () => {
    expect(parseMask("faces.png")).toBeUndefined();
    expect(parseMask("C:/mask.png")).toBeUndefined();
    expect(unknownMask("rand:0.5")).toMatchInlineSnapshot(`"mask "rand:0.5": expected random:RATE, rectangle, rectangle:TOP,LEFT,HEIGHT,WIDTH, half:left|right|top|bottom, strokes[:COUNT], all, none, or a picture that is dark where pixels are hidden; there is no such kind and no such file."`);
    expect(maskHelp).toMatchInlineSnapshot(`
      "random:RATE                      each pixel with probability RATE, such as random:0.5
      rectangle                        a rectangle of random size and place in every picture
      rectangle:TOP,LEFT,HEIGHT,WIDTH  the same rectangle in every picture, in pixels
      half:left|right|top|bottom       that half
      strokes[:COUNT]                  COUNT thick brush strokes, 3 unless said otherwise
      all                              every pixel
      none                             nothing"
    `);
  });
  for (const text of ["random", "random:", "random:1.5", "random:half", "random:-0.1", "rectangle:1,2,3", "rectangle:1,2,0,4", "rectangle:", "half", "half:middle", "strokes:0", "strokes:2.5", "all:1", "none:"]) {
    it(`refuses ${text}`, () => expect(() => parseMask(text)).toThrow(RangeError));
  }
  it("says what was expected", () => {
    expect(() => parseMask("random:1.5")).toThrowErrorMatchingInlineSnapshot(`[RangeError: mask "random:1.5": expected random:RATE with a RATE from 0 to 1.]`);
    expect(() => parseMask("rectangle:1,2")).toThrowErrorMatchingInlineSnapshot(`[RangeError: mask "rectangle:1,2": expected rectangle or rectangle:TOP,LEFT,HEIGHT,WIDTH.]`);
    expect(() => parseMask("half")).toThrowErrorMatchingInlineSnapshot(`[RangeError: mask "half": expected half:left|right|top|bottom.]`);
    expect(() => mask("rectangle:5,0,3,2")(size, key)).toThrowErrorMatchingInlineSnapshot(`[RangeError: mask "rectangle:5,0,3,2": ends at row 8 and column 2; the pictures are 7 x 5. Make it smaller.]`);
  });
});
