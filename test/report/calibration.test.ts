import { describe, expect, it } from "vitest";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { coverage, distributions, draw, figure, htmlPage, htmlTable, missingMap, placeAmong, reliability, trainingCurves } from "../../src/report/index.ts";

describe("calibration", () => {
  it("of draws from the truth's own distribution is right; of draws half as wide the intervals hold too little", () => {
    const n = 2000;
    const truths = normal(keyFromSeed(1), n);
    const own = normal(keyFromSeed(2), 200);
    const places = (scale: number): number[] => Array.from(truths, (truth) => placeAmong(own.map((value) => scale * value), truth));
    const right = coverage(places(1), [0.5, 0.9]);
    // the draws are 200: their quantiles are good to a few per cent
    expect(Math.abs(right[0] - 0.5)).toBeLessThan(0.06);
    expect(Math.abs(right[1] - 0.9)).toBeLessThan(0.04);
    // P(|z| < 0.337) = 0.264, P(|z| < 0.822) = 0.589
    const narrow = coverage(places(0.5), [0.5, 0.9]);
    expect(Math.abs(narrow[0] - 0.264)).toBeLessThan(0.05);
    expect(Math.abs(narrow[1] - 0.589)).toBeLessThan(0.06);
  });

  it("counts a truth among equal draws half", () => {
    expect(placeAmong([1, 2, 2, 3], 2)).toBe(0.5);
    expect(placeAmong([1, 2], 0)).toBe(0);
    expect(placeAmong([1, 2], 5)).toBe(1);
  });

  it("sorts statements by the probability given", () => {
    const given = [...Array.from({ length: 10 }, (_, i) => ({ probability: 0.85, happened: i < 8 })), { probability: 0.05, happened: false }, { probability: 1, happened: true }];
    const found = reliability(given);
    expect(found.map(({ share, count }) => [share, count])).toEqual([[0, 1], [0.8, 10], [1, 1]]);
    expect(found[1].probability).toBeCloseTo(0.85, 12);
  });
});

describe("a page", () => {
  it("shows names as they are written, whatever they hold, and fetches nothing", async () => {
    const evil = `<script>alert("1")</script>&`;
    const curves = await trainingCurves([{ stage: "elbo", step: 50, metrics: { elbo: -9 } }, { stage: "elbo", step: 100, metrics: { elbo: -5 } }]);
    const columns = await distributions([{ name: evil, observed: [1, 2, 3], imputed: [2, 2.5], holes: 2 }, { name: "kind", observed: [0, 1], imputed: [1], holes: 1, levels: [evil, "b"] }]);
    const page = htmlPage(evil, evil, [{ title: evil, lead: evil, content: htmlTable([evil], [[evil]]) + columns + curves + figure(evil, evil, "") + missingMap([evil, "b"], 3, (row, column) => row === column) }]);
    expect(page).not.toContain("<script");
    expect(page.match(/&lt;script&gt;/g)!.length).toBeGreaterThan(7);
    expect(page.replaceAll(/http:\/\/www\.w3\.org[^"]*/g, "")).not.toMatch(/https?:|src=|url\(/);
    expect(page).toContain("ELBO, nats per row");
  });

  it("draws pictures that say in words what they show; a map's lines stand for several rows where there are many", async () => {
    const svg = await draw("a line from 0 to 1", (Plot) => ({ marks: [Plot.line([[0, 0], [1, 1]])] }));
    expect(svg).toContain('aria-label="a line from 0 to 1"');
    expect(svg).not.toContain("<style");
    const map = missingMap(["a"], 1000, (row) => row < 500, 10);
    expect(map.match(/fill="var\(--hole\)"/g)).toHaveLength(5);
    expect(missingMap(["a", "b"], 4, (row, column) => row === 1 && column === 1).match(/fill-opacity="1"/g)).toHaveLength(1);
  });
});
