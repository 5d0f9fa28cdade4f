import { expect, test } from "vitest";
import { presets } from "../../../src/model/config/presets.ts";
import { chainsAtOnce } from "../../../src/model/posterior/chains-at-once.ts";
import type { ModelShape } from "../../../src/model/config/spec.ts";

const shape = (features: number, preset: string): ModelShape => ({ config: presets[preset], features: new Array(features).fill({ kind: "learned", levels: 1, positiveWeight: 1 }), targets: [] });
const limits = { maxStorageBufferBindingSize: 2 ** 27 } as GPUSupportedLimits;

test("hardware runs more chains of a table's model side by side, as far as the widest array allows; software adapters the usual ones", () => {
  const [hardware, software] = [{ software: false, limits }, { software: true, limits }];
  expect(chainsAtOnce(software, shape(13, "proper"))).toBe(8192);
  expect(chainsAtOnce(hardware, shape(13, "proper"))).toBe(65_536);
  // 500 columns of two numbers: 1,000 floats a chain
  expect(chainsAtOnce(hardware, shape(500, "proper"))).toBe(32_768);
  expect(chainsAtOnce(hardware, shape(5000, "proper"))).toBe(8192);
});
