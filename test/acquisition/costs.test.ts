import { describe, expect, it } from "vitest";
import { parseCosts } from "../../src/acquisition/index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const features = ["age", "blood, total", "scan"];

describe("costs", () => {
  it("come from CSV with or without a header, or JSON, in any order", () => {
    const expected = [1, 20.5, 300];
    for (const text of ['scan,300\nage,1\n"blood, total",20.5\n', 'feature,cost\nage,1\n"blood, total",20.5\nscan,300\n', '{"age": 1, "scan": 300, "blood, total": 20.5}']) {
      const { costs, assumed } = parseCosts(bytes(text), features);
      expect([...costs]).toEqual(expected);
      expect(assumed).toEqual([]);
    }
  });
  it("are the usual one for features that are not named, which is said", () => {
    expect(parseCosts(bytes("scan,300\n"), features)).toEqual({ costs: Float64Array.of(1, 1, 300), assumed: [0, 1] });
    expect(parseCosts(bytes("{}"), features, { usual: 2.5 }).costs).toEqual(Float64Array.of(2.5, 2.5, 2.5));
  });

  it.each([
    ["an empty cost", "age,1\nscan,\n"],
    ["a cost of zero", 'age,0\n"blood, total",20.5\nscan,300\n'],
    ["a negative cost and one that is no number", 'age,-1\n"blood, total",much\nscan,300\n'],
    ["an unknown column, and one twice", 'age,1\nage,2\n"blood, total",1\nscan,1\nheight,3\n'],
    ["three columns", "age,1,2\nscan,300,4\n"],
    ["broken JSON", '{"age": 1'],
    ["a JSON cost that is no number", '{"age": "one", "scan": 300, "blood, total": 20.5}'],
  ])("%s is named with its place", (_, text) => {
    expect(() => parseCosts(bytes(text), features, { source: "costs.csv" })).toThrowErrorMatchingSnapshot();
  });
});
