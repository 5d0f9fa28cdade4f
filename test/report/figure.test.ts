import { expect, test } from "vitest";
import { drawingFiles } from "../../src/cli/output/drawings.ts";
import { figureSvg, svgToPng, type Panel } from "../../src/report/index.ts";

const curve = (name: string, mean: number[], error: number): Panel["curves"][number] => ({ name, x: mean.map((_, i) => i), mean, standardError: mean.map(() => error) });
const panel = (title: string, curves: Panel["curves"]): Panel => ({ title, xLabel: "values acquired", yLabel: "RMSE", curves });

test("a figure has every panel's title, one legend entry a name, a line a curve and a band where errors are known", async () => {
  const svg = await figureSvg({
    panels: [panel("A < B", [curve("one", [3, 2, 1], 0.1), curve("two & more", [3, 3, 3], Number.NaN)]), panel("second", [curve("two & more", [1, 2, 3], 0.2)])],
    note: "bands: one standard error",
  });
  const count = (pattern: RegExp): number => svg.match(pattern)?.length ?? 0;
  expect(count(/A &lt; B/g)).toBe(1);
  expect(count(/>one</g)).toBe(1);
  expect(count(/two &amp; more/g)).toBe(1);
  expect(count(/aria-label="line"/g)).toBe(3);
  expect(count(/aria-label="area"/g)).toBe(2);
  expect(svg).toContain("bands: one standard error");
  // a name keeps its colour from panel to panel: the first curve of the second panel is not "one"
  const second = svg.slice(svg.lastIndexOf('aria-label="area"'));
  expect(second).toContain('fill="#d55e00" aria-label="dot"');
  expect(second).not.toContain("#0072b2");
});

test("flat, empty and lone curves can be drawn", async () => {
  const svg = await figureSvg({ panels: [panel("flat", [curve("flat", [2, 2], 0)]), panel("empty", []), panel("lone", [curve("lone", [1], Number.NaN)])] });
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(svg.match(/RMSE/g)).toHaveLength(3);
});

test("a PNG has twice the drawing's size and shows its text on a machine without fonts", async () => {
  const svg = await figureSvg({ panels: [panel("boston", [curve("HHVAEM", [9, 6, 5], 0.5)])] });
  const files = await drawingFiles();
  const png = await svgToPng(svg, files);
  const view = new DataView(png.buffer, png.byteOffset);
  expect(Array.from(png.subarray(1, 4), (byte) => String.fromCharCode(byte)).join("")).toBe("PNG");
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
  expect([view.getUint32(16), view.getUint32(20)]).toEqual([2 * width, 2 * height]);
  const bare = await svgToPng(svg, { ...files, fonts: [] });
  expect(png.length).toBeGreaterThan(1.2 * bare.length);
});
