import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fileStore, passesFromEnvironment, tuningFile, tuningFromEnvironment } from "../../src/cli/device.ts";
import { workFolder } from "./run.ts";

const folder = workFolder();

it("HHVAEM_TUNING says whether to measure, and the cache folder where to remember", () => {
  const env = { XDG_CACHE_HOME: folder.path("cache") };
  expect(tuningFromEnvironment({ ...env, HHVAEM_TUNING: "off" })).toBeUndefined();
  expect(tuningFromEnvironment(env)?.refresh).toBe(false);
  expect(tuningFromEnvironment({ ...env, HHVAEM_TUNING: "refresh" })?.refresh).toBe(true);
  expect(() => tuningFromEnvironment({ HHVAEM_TUNING: "yes" })).toThrowErrorMatchingInlineSnapshot(`[UsageError: HHVAEM_TUNING: expected on, off or refresh, got "yes".]`);
  tuningFromEnvironment(env)!.store!.save("kept");
  expect(readFileSync(folder.path("cache/hhvaem/tuning.json"), "utf8")).toBe("kept");
  expect(tuningFile({ XDG_CACHE_HOME: "/elsewhere" })).toBe("/elsewhere/hhvaem/tuning.json");
});

it("HHVAEM_PASSES says whether kernels are large", () => {
  expect([{}, { HHVAEM_PASSES: "" }, { HHVAEM_PASSES: "on" }, { HHVAEM_PASSES: "off" }].map((env) => passesFromEnvironment(env))).toEqual([undefined, undefined, true, false]);
  expect(() => passesFromEnvironment({ HHVAEM_PASSES: "no" })).toThrowErrorMatchingInlineSnapshot(`[UsageError: HHVAEM_PASSES: expected on or off, got "no".]`);
});

it("a store that cannot be read or written is like none", () => {
  const store = fileStore(`${folder.write("file", "")}/below/a/file`);
  store.save("lost");
  expect(store.load()).toBeUndefined();
});
