import { describe, expect, it } from "vitest";
import { toArvizJson } from "../../src/math/arviz.ts";

describe("toArvizJson", () => {
  it("lays the groups out as arviz.from_json takes them", () => {
    const text = toArvizJson({
      posterior: { mu: [Float64Array.of(1.5, -2), Float64Array.of(0, 1e-7)], theta: [[[1, 2], Float32Array.of(3, 4)], [[5, 6], [7, 8]]] },
      sampleStats: { diverging: [[false, true], [false, false]], lp: [[-3, -4], [-5, -6]] },
      dims: { theta: ["school"] },
      coords: { school: ["A", "B"] },
      attributes: { seed: 7 },
    });
    expect(JSON.parse(text)).toEqual({
      posterior: { mu: [[1.5, -2], [0, 1e-7]], theta: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] },
      sample_stats: { diverging: [[false, true], [false, false]], lp: [[-3, -4], [-5, -6]] },
      dims: { theta: ["school"] },
      coords: { school: ["A", "B"] },
      posterior_attrs: { inference_library: "hhvaem", seed: 7 },
      sample_stats_attrs: { inference_library: "hhvaem", seed: 7 },
    });
  });

  it("keeps every digit, and writes what is not finite as Python reads it", () => {
    expect(toArvizJson({ posterior: { x: [[NaN, Infinity, -Infinity, -0, 0.1 + 0.2]] } })).toContain('"x":[[NaN,Infinity,-Infinity,-0.0,0.30000000000000004]]');
  });

  it("escapes names", () => {
    expect(JSON.parse(toArvizJson({ posterior: { 'a "b"\n': [[1]] } })).posterior).toEqual({ 'a "b"\n': [[1]] });
  });

  it("refuses chains of unequal length, within a variable and between variables", () => {
    expect(() => toArvizJson({ posterior: { x: [[1, 2], [3]] } })).toThrow(/draws \[2, 1\] for "x"/);
    expect(() => toArvizJson({ posterior: { x: [[1, 2]] }, sampleStats: { lp: [[1]] } })).toThrowErrorMatchingInlineSnapshot(`[RangeError: [toArvizJson] expected chains of one length for all variables, got draws [1] for "lp" and [2] for "x".]`);
  });
});
