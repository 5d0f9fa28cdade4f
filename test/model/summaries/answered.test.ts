import { expect, it } from "vitest";
import type { MixedColumn } from "../../../src/likelihood/mixed.ts";
import { keyFromSeed } from "../../../src/math/key.ts";
import type { Posterior } from "../../../src/model/posterior/posterior.ts";
import { answered, type Question } from "../../../src/model/summaries/answered.ts";
import { testDevice } from "../../device.ts";

const number: MixedColumn = { kind: "learned", levels: 1, positiveWeight: 1 };
const columns = { features: { columns: [{ name: "a", role: "feature", type: "real" } as const], mixed: [number] }, targets: { columns: [], mixed: [] } };
const one = Float32Array.of(0);
const table = { rows: 1, x: one, observed: one, truthX: one, truthY: [] };

/** Whose draws are asked for: a posterior of one row that says whether they stayed on the device. */
function asked(draws: number, onDevice: boolean): Posterior {
  const nothing = new Float32Array(0);
  return {
    sizes: { rows: 1, draws },
    entries: () => Promise.resolve({ rows: 1, draws, parts: [], logProbX: nothing, weightedLogProbX: nothing, logProbY: nothing, acceptance: 1, divergences: 0 }),
    ...(onDevice && { entriesOnDevice: () => Promise.resolve({ parts: [] }) }),
    draw: () => Promise.reject(new Error("not asked for")),
    destroy: () => undefined,
  };
}

it("sums are made on the device where that is asked for and can be, by default on hardware alone", async () => {
  const gpu = await testDevice();
  const question: Question<string> = { fromDraws: () => "host", sums: { request: () => ({ cells: { features: [], targets: [] } }), answer: () => "device" } };
  const where = async (own: Question<string>, posterior: Posterior, place?: "device" | "host"): Promise<string> => {
    const answers: string[] = [];
    for await (const { answer } of answered(own, { gpu, posterior, columns, table, key: keyFromSeed(1), place })) answers.push(answer);
    return answers.join();
  };
  expect(await where(question, asked(10, true))).toBe(gpu.software ? "host" : "device");
  expect(await where(question, asked(10, true), "device")).toBe("device");
  expect(await where(question, asked(10, true), "host")).toBe("host");
  expect(await where({ fromDraws: question.fromDraws }, asked(10, true), "device")).toBe("host");
  expect(await where(question, asked(10, false), "device")).toBe("host");
  // places among so many draws pass 32 bits
  expect(await where(question, asked(2 ** 15 + 1, true), "device")).toBe("host");
});
