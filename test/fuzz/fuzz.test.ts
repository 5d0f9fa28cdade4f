import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { testDevice } from "../device.ts";
import { keptInputs } from "./corpus.ts";
import { targets } from "./targets.ts";
import { tryTarget } from "./try-target.ts";

const corpus = fileURLToPath(new URL("corpus", import.meta.url));

// the same inputs in every run; `npm run fuzz` tries others
describe("inputs at random", () => {
  for (const target of targets) {
    it(`${target.name}: ${target.about}`, async () => {
      const kept = keptInputs(corpus, target.name);
      const { tried, failure } = await tryTarget(target, { runs: target.few, seed: 1, kept, device: testDevice });
      expect(failure, failure && `${JSON.stringify(failure.input)} (seed ${failure.seed}, path ${failure.path}):\n${failure.message}`).toBeUndefined();
      expect(tried).toBe(target.few + kept.length);
    }, 120_000);
  }

  it("what goes wrong is found, and made small", async () => {
    const { failure } = await tryTarget({ ...targets[0], check: (seed) => { if ((seed as number) > 1000) throw new Error("more than 1000"); } }, { runs: 50, seed: 1, device: testDevice });
    expect(failure).toMatchObject({ input: 1001, seed: 1 });
    expect(failure!.message).toContain("more than 1000");
  });
});
