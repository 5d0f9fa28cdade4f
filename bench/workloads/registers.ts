import { deviceTensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { makeDispatch, type Dispatch } from "../../src/gpu/dispatch.ts";

interface Registers {
  dispatch: Dispatch;
  /** Multiplications and additions of one run, each counted. */
  operations: number;
  destroy(): void;
}

/** Enough lanes for the cores of a processor, and for every lane of a large card many times over. */
const lanes = { processor: 4096, card: 2 ** 20 } as const;

/** Multiply-adds on registers alone, with `width` independent sums an invocation: what no kernel of multiply-adds can pass. */
export async function registersOnly(gpu: Gpu, width: number, scale: number): Promise<Registers> {
  const invocations = gpu.software ? lanes.processor : lanes.card;
  const sums = Array.from({ length: width }, (_, i) => `s${i}`);
  const [perRound, count, groups] = [Math.ceil(384 / width), 400 * scale, invocations / 64];
  const round = sums.map((name) => `${name} = fma(${name}, x, y);`).join(" ");
  const wgsl = `@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = 1.0 - f32(id.x) * 1e-9; let y = f32(id.x) * 1e-3;
  ${sums.map((name, i) => `var ${name} = ${i}.0 + y;`).join(" ")}
  for (var n = 0u; n < ${count}u; n++) { ${round.repeat(perRound)} }
  out[id.x] = ${sums.join(" + ")};
}`;
  const out = deviceTensor(gpu, [invocations]);
  const dispatch = await makeDispatch(gpu, { name: "registers", file: "bench", wgsl, bindings: ["write"] }, [out.storage], [groups, 1, 1]);
  return { dispatch, operations: 2 * width * perRound * count * invocations, destroy: () => out.destroy() };
}
