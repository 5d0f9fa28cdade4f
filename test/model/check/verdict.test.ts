import { describe, expect, it } from "vitest";
import type { CheckedColumn, ModelCheck } from "../../../src/model/check/model-check.ts";
import { checkProblem } from "../../../src/model/check/model-check.ts";
import { held, relativeError, verdictOf } from "../../../src/model/check/verdict.ts";

const number: CheckedColumn = { column: "a", role: "feature", kind: "number", cells: 100, error: 1, usual: 2, neighbours: 1.1, half: 0.5, ninety: 0.9 };
const levels: CheckedColumn = { column: "b", role: "target", kind: "levels", cells: 100, error: 0.2, usual: 0.5, neighbours: 0.2, sure: 0.8 };
const good: ModelCheck = { rows: 40, of: 400, draws: 100, columns: [number, levels] };
const withNumber = (change: Partial<CheckedColumn>): ModelCheck => ({ ...good, columns: [{ ...number, ...change }, levels] });
const finding = (check: ModelCheck, about: string) => verdictOf(check).findings.find((one) => one.about === about);

describe("the verdict on a model", () => {
  it("without rows held back is that nothing is known", () => {
    expect(verdictOf(undefined)).toMatchObject({ level: "unchecked", title: "Not checked", findings: [] });
    expect(verdictOf({ ...good, columns: [] }).level).toBe("unchecked");
  });

  it("is good where errors are smaller than simple guesses' and intervals hold what they say", () => {
    const { level, findings } = verdictOf(good);
    expect(level).toBe("good");
    expect(findings.map(({ about }) => about)).toEqual(["errors", "intervals", "certainty"]);
    // (1 / 2 + 0.2 / 0.5) / 2 and (1 / 1.1 + 1) / 2
    expect(relativeError(good, "usual")).toBeCloseTo(0.45);
    expect(relativeError(good, "neighbours")).toBeCloseTo((1 / 1.1 + 1) / 2);
    expect(findings[0].text).toContain("55 % smaller than");
  });

  it("is that it is not ready where a simpler method does better", () => {
    expect(verdictOf(withNumber({ error: 4 }))).toMatchObject({ level: "poor", title: "Not ready: train longer", trainLonger: true });
    expect(verdictOf(withNumber({ neighbours: 0.5 })).level).toBe("poor");
  });

  it("is fair where guesses are no better than the middle of the columns", () => {
    const even: ModelCheck = { ...good, columns: [{ ...number, error: 2, neighbours: 2 }, { ...levels, error: 0.5, neighbours: 0.5, sure: 0.5 }] };
    expect(verdictOf(even)).toMatchObject({ level: "fair" });
  });

  it("minds intervals that are too narrow, by how many cells there are", () => {
    expect(held(withNumber({ ninety: 0.75 }), "ninety")!.share).toBe(0.75);
    // 0.9 - 0.75 = 0.15 is above 0.05 + 2 * 0.03, not above 0.12 + 2 * 0.03
    expect(finding(withNumber({ ninety: 0.75 }), "intervals")!.level).toBe("fair");
    expect(finding(withNumber({ ninety: 0.75, cells: 10_000 }), "intervals")!.level).toBe("poor");
    expect(finding(withNumber({ ninety: 0.75, cells: 12 }), "intervals")!.level).toBe("good");
    expect(finding(withNumber({ half: 0.9, ninety: 0.99 }), "intervals")!.text).toContain("wider than they need to be");
  });

  it("minds levels that it is too sure of", () => {
    expect(finding({ ...good, columns: [number, { ...levels, sure: 0.99 }] }, "certainty")!.level).toBe("poor");
  });

  it("minds chains that do not agree, with their effective draws", () => {
    const chains = { rows: 2, apart: 1, rHat: 1.82, effective: 12, draws: 1600 };
    const found = verdictOf({ ...good, chains });
    expect(found.level).toBe("fair");
    expect(found.findings.at(-1)!.text).toContain("R-hat 1.82, 12 effective of 1600 draws");
    expect(verdictOf({ ...good, chains: { ...chains, apart: 0, rHat: 1.01 } }).level).toBe("good");
  });

  it("tells a training that was stopped, and one whose error still fell", () => {
    expect(verdictOf({ ...good, stopped: true })).toMatchObject({ level: "fair", trainLonger: true });
    const falling: ModelCheck["curve"] = Array.from({ length: 10 }, (_, i) => [i, 1 - 0.05 * i]);
    const flat: ModelCheck["curve"] = Array.from({ length: 10 }, (_, i) => [i, i < 5 ? 1 - 0.1 * i : 0.6]);
    expect(verdictOf({ ...good, curve: falling })).toMatchObject({ level: "fair", trainLonger: true });
    expect(verdictOf({ ...good, curve: flat })).toMatchObject({ level: "good", trainLonger: false });
  });
});

it("what is wrong with a check in a file is told", () => {
  expect(checkProblem(JSON.parse(JSON.stringify({ ...good, chains: { rows: 2, apart: 0, rHat: 1, effective: 90, draws: 800 }, curve: [[1, 0.5]], stopped: true })))).toBeUndefined();
  for (const wrong of [null, {}, { ...good, rows: "4" }, { ...good, columns: [{}] }, { ...good, columns: [{ ...number, ninety: "0.9" }] }, { ...good, chains: {} }, { ...good, curve: [[1]] }, { ...good, stopped: 1 }]) {
    expect(checkProblem(wrong)).toMatch(/^check/);
  }
});
