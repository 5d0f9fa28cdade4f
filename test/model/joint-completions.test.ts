import { describe, expect, it } from "vitest";
import { keyFromSeed, uniform, type Key } from "../../src/math/key.ts";
import type { DrawSession, KnownRows } from "../../src/model/index.ts";
import { jointCompletions, type CompletionRequest } from "../../src/model/answers/joint-completions.ts";
import { drawsInUnits } from "../../src/model/answers/number-law.ts";
import type { PosteriorSizes } from "../../src/model/posterior/posterior.ts";

const [d, p] = [3, 1];

/** A session whose draws follow from the key and the place in the session, as a device's do; known entries are kept. Draw s of every row says s in the target's place. */
function fakeSession({ rows, draws, givenTargets }: PosteriorSizes): Promise<DrawSession> {
  return Promise.resolve({
    async draw(known: KnownRows, key: Key) {
      const u = uniform(key, rows * draws * d);
      const x = Float32Array.from(u, (value, i) => (known.observed[Math.floor(i / (draws * d)) * d + (i % d)] === 1 ? known.x[Math.floor(i / (draws * d)) * d + (i % d)] : value));
      const y = Float32Array.from({ length: rows * draws }, (_, i) => (givenTargets && known.observedY?.[Math.floor(i / draws)] === 1 ? known.y![Math.floor(i / draws)] : i % draws));
      return { rows, draws, x: { read: () => Promise.resolve(x) }, y: { read: () => Promise.resolve(y) } };
    },
    destroy: () => undefined,
  } as unknown as DrawSession);
}

function table(rows: number, first = 0): CompletionRequest["table"] {
  const at = <T>(of: (row: number, j: number) => T, width: number): T[] => Array.from({ length: rows * width }, (_, i) => of(first + Math.floor(i / width), i % width));
  return {
    rows, features: d, targets: p,
    x: Float32Array.from(at((row, j) => (j === row % d ? 0 : 10 * row + j), d)), observedX: Float32Array.from(at((row, j) => Number(j !== row % d), d)),
    y: Float32Array.from(at((row) => 1000 + row, p)), observedY: Float32Array.from(at((row) => row % 2, p)),
  };
}

const request = { together: 7, completions: 3, givenTargets: true, key: keyFromSeed(4) };

describe("completed rows", () => {
  it("of a part of a table are those of the whole", async () => {
    const whole = await jointCompletions(fakeSession, { ...request, table: table(30), before: 0 });
    for (const [first, rows] of [[14, 16], [21, 9], [28, 2]]) {
      const part = await jointCompletions(fakeSession, { ...request, table: table(rows, first), before: first });
      expect(part.x).toEqual(whole.x.subarray(first * 3 * d));
      expect(part.y).toEqual(whole.y.subarray(first * 3));
    }
  });

  it("keep what is known, and take draws at random, so that every part of a mixture has its share", async () => {
    const rows = 300;
    const own = table(rows);
    const { x, y } = await jointCompletions(fakeSession, { ...request, table: own, before: 0 });
    const taken: number[] = [];
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < 3; c++) {
        for (let j = 0; j < d; j++) if (own.observedX[r * d + j] === 1) expect(x[(r * 3 + c) * d + j]).toBe(own.x[r * d + j]);
        if (r % 2 === 1) expect(y[r * 3 + c]).toBe(1000 + r);
        else taken.push(y[r * 3 + c]);
      }
    }
    // draws 0 to 39: of 450 about a quarter stand among the first ten; standard error 0.02
    expect(new Set(taken).size).toBeGreaterThan(35);
    expect(Math.abs(taken.filter((s) => s < 10).length / taken.length - 0.25)).toBeLessThan(0.08);
    // and none twice in a row of the table
    for (let r = 0; r < rows; r += 2) expect(new Set([0, 1, 2].map((c) => y[r * 3 + c])).size).toBe(3);
  });

  it("are taken from draws that a visitor is shown whole, row by row", async () => {
    const own = table(9);
    const seen: number[] = [];
    const shown: Float32Array[] = [];
    const { x } = await jointCompletions(fakeSession, {
      ...request, table: own, before: 0,
      visit(row, draws, y) {
        seen.push(row);
        expect([draws.length, y!.length]).toEqual([40 * d, 40 * p]);
        for (let s = 0; s < 40; s++) for (let j = 0; j < d; j++) if (own.observedX[row * d + j] === 1) expect(draws[s * d + j]).toBe(own.x[row * d + j]);
        shown.push(draws.slice());
      },
    });
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    // every completion is one of its row's draws
    for (let r = 0; r < 9; r++) for (let c = 0; c < 3; c++) expect(Array.from({ length: 40 }, (_, s) => shown[r].subarray(s * d, (s + 1) * d).join())).toContain(x.subarray((r * 3 + c) * d, (r * 3 + c + 1) * d).join());
  });

  it("are given in original units; a number that takes few values comes as one that occurs", () => {
    const column = { name: "n", role: "feature" as const, type: "real" as const, mean: 4, std: 2, bins: { low: [-1, 0], high: [0, 1], mean: [-0.3, 0.35], units: [3.4, 4.7], atoms: true } };
    expect(drawsInUnits(column)(Math.fround(0.35))).toBe(4.7);
    expect(drawsInUnits(column)(0.5)).toBe(5);
    expect(drawsInUnits({ name: "c", role: "feature", type: "categorical", categories: ["a", "b"] })(1)).toBe(1);
  });
});
