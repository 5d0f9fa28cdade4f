import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Result } from "../../bench/benchmark.ts";
import { withSection } from "../../bench/record.ts";
import { asMarkdown, asText } from "../../bench/report.ts";
import { expectNear, pseudo, short } from "../../bench/numbers.ts";
import { decoderDensity, decoderLeapfrog, decoderStart } from "../../bench/workloads/decoder.ts";
import { vaeLosses } from "../../bench/workloads/vae.ts";
import { expectClose } from "../expect-close.ts";
import { workFolder } from "../cli/run.ts";
import { interleave, median, type Contender } from "../../bench/measure.ts";

const folder = workFolder();
const root = join(import.meta.dirname, "../..");

function bench(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "scripts/bench.mjs"), ...args], { cwd: root, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

describe("npm run bench", () => {
  it("says where the time of a step goes, kernel by kernel", () => {
    const { code, out, err } = bench("profile", "marginal", "--quick", "--alone", "--json");
    expect(code, err).toBe(0);
    const [{ name, notes, rows }] = JSON.parse(out).results as { name: string; notes: string[]; rows: Record<string, number | string>[] }[];
    expect(name).toBe("profile");
    const dispatches = Number(/^marginal: (\d+) dispatches/.exec(notes[0])?.[1]);
    expect(rows.reduce((total, row) => total + Number(row.count), 0)).toBe(dispatches);
    expect(rows.reduce((total, row) => total + Number(row["share, %"]), 0)).toBeCloseTo(100, 6);
    expect(rows.map(({ kernel }) => kernel)).toContain("adam");
    for (const row of rows) expect(row["device, ms"]).toBeGreaterThan(0);
    expect(notes[1]).toMatch(/^The floor: \d+ dispatches/);
  });

  it("checks and times ours alone, and gives JSON", () => {
    const started = performance.now();
    const { code, out, err } = bench("matmul", "vae-step", "--quick", "--alone", "--json", "--out", folder.path("found/DATE-COMMIT"));
    const elapsed = performance.now() - started;
    expect(code, err).toBe(0);
    const { adapter, commit, date, quick, results } = JSON.parse(out);
    expect([typeof adapter, typeof commit, date, quick]).toEqual(["string", "string", expect.stringMatching(/^\d{4}-\d\d-\d\d$/), true]);
    expect(results.map(({ name }: { name: string }) => name)).toEqual(["matmul", "vae-step"]);
    const path = folder.path(`found/${date}-${commit.replaceAll(" ", "-")}`);
    expect(JSON.parse(readFileSync(`${path}.json`, "utf8"))).toEqual(JSON.parse(out));
    const tables = readFileSync(`${path}.md`, "utf8");
    expect(tables.startsWith(`# ${adapter}\n`)).toBe(true);
    expect(tables).toContain(`Commit ${commit}, ${date}.`);
    expect(tables).toMatch(/## matmul\n[^]*\n\| \[100,28\] x \[28,256\] \| [^]*## vae-step\n[^]*\n\| 28-256-20, 10-256-13 \| /);
    for (const { rows } of results) {
      expect(rows).toHaveLength(1);
      // a submit takes more than a microsecond, and a run less than the command
      expect(rows[0]["ours, ms"]).toBeGreaterThan(0.001);
      expect(rows[0]["ours, ms"]).toBeLessThan(elapsed);
      expect(rows[0]).not.toHaveProperty(["TensorFlow.js, ms"]);
    }
  });

  it("an unknown name is answered with those that there are", () => {
    const { code, err } = bench("matmull");
    expect(code).toBe(2);
    expect(err).toContain('there is no benchmark "matmull"; there are matmul, convolution, vae-step, gradient,');
  });
});

describe("results", () => {
  const result: Result = { notes: ["Checked."], rows: [{ what: "a", "ours, ms": 0.12345 }, { what: "bc", "ours, ms": 1234.5, more: 2 }] };

  it("as text and as Markdown", () => {
    expect(asText(result)).toBe("Checked.\nwhat  ours, ms  more\na        0.123\nbc        1235     2");
    expect(asMarkdown(result)).toBe("Checked.\n\n| what | ours, ms | more |\n| --- | --- | --- |\n| a | 0.123 |  |\n| bc | 1235 | 2 |");
  });

  it("a recorded result replaces its own section and no other", () => {
    const once = withSection(withSection("# Benchmarks\n", "matmul", "first"), "matmul-more", "other");
    expect(once).toBe("# Benchmarks\n\n## matmul\n\nfirst\n\n## matmul-more\n\nother\n");
    expect(withSection(once, "matmul", "second")).toBe("# Benchmarks\n\n## matmul\n\nsecond\n\n## matmul-more\n\nother\n");
  });

  it("numbers keep three digits", () => {
    expect([0, 0.0001234, 0.01234, 12.34, 1234.4, 2.5e10, Number.NaN].map(short)).toEqual(["0", "1.23e-4", "0.0123", "12.3", "1234", "2.50e+10", "NaN"]);
  });
});

describe("what contenders are checked against", () => {
  it("a wrong number, a missing one and NaN are refused", () => {
    const tolerance = { rtol: 1e-3, atol: 0 };
    expectNear("a", [1.0001], [1], tolerance);
    expect(() => expectNear("a", [1.01], [1], tolerance)).toThrow("a: element 0 of 1 is 1.01, expected 1 within 1.0e-3; its time would mean nothing.");
    expect(() => expectNear("a", [Number.NaN], [1], tolerance)).toThrow("is NaN");
    expect(() => expectNear("a", [], [1], tolerance)).toThrow("expected 1 numbers, got 0");
  });

  it("pseudo numbers are spread over their range", () => {
    const numbers = pseudo(100_000, 3, 2);
    const mean = numbers.reduce((total, value) => total + value) / numbers.length;
    const square = numbers.reduce((total, value) => total + value * value) / numbers.length;
    // uniform in [-2, 2): mean 0 with standard error 0.004, second moment 4/3 with standard error 0.004
    expect(Math.abs(mean)).toBeLessThan(0.016);
    expect(Math.abs(square - 4 / 3)).toBeLessThan(0.016);
    expect(Math.max(...numbers.subarray(0, 1000))).toBeLessThan(2);
  });

  it("the decoder's gradient is the slope of its density", () => {
    const { position } = decoderStart(1);
    const { gradient } = decoderDensity(position);
    for (const k of [0, 7, 14]) {
      const at = (shift: number): number => decoderDensity(Float64Array.from(position, (q, i) => q + (i === k ? shift : 0))).logDensity;
      expect(gradient[k]).toBeCloseTo((at(1e-6) - at(-1e-6)) / 2e-6, 4);
    }
  });

  it("leapfrog steps are reversible", () => {
    const { position, momentum } = decoderStart(1);
    const end = decoderLeapfrog(position, momentum);
    expect(Math.hypot(...end.position.map((q, k) => q - position[k]))).toBeGreaterThan(0.1);
    const back = decoderLeapfrog(end.position, end.momentum.map((p) => -p));
    expectClose(back.position, position, { atol: 1e-10 });
    expectClose(back.momentum, momentum.map((p) => -p), { atol: 1e-10 });
  });

  it("the VAE's loss falls over its first steps", () => {
    const [first, second, third] = vaeLosses(3);
    expect(second).toBeLessThan(first);
    expect(third).toBeLessThan(second);
  });
});

describe("timing", () => {
  it("contenders take turns, and a slow one has no further rounds", async () => {
    const calls: string[] = [];
    const fake = (name: string, ms: number): Contender => ({
      name,
      time: async (count) => {
        calls.push(name);
        return ms * count;
      },
    });
    const measured = await interleave([fake("a", 10), fake("b", 5), fake("slow", 5000)], { rounds: 2, sampleMs: 20, budgetMs: 1000 });
    expect(measured.map(({ name, ms, rounds }) => [name, ms, rounds])).toEqual([["a", 10, 2], ["b", 5, 2], ["slow", 5000, 1]]);
    expect(calls.slice(-4)).toEqual(["a", "b", "a", "b"]);
    expect(median([3, 1, 2, 10])).toBe(2.5);
  });
});
