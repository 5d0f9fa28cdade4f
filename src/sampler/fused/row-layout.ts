import type { KernelSource } from "../../gpu/kernel.ts";
import type { FusedSpec } from "./spec.ts";

/** What one row of data holds, field after field, and where each starts. */
export interface RowLayout {
  readonly fields: readonly RowField[];
  readonly width: number;
}

interface RowField {
  readonly name: "z" | "observed" | "x" | "y" | "observedY";
  readonly width: number;
  readonly start: number;
}

/** Codes and their mask; where targets are observed also the coded features, the targets and their mask. */
export function rowLayout(spec: FusedSpec): RowLayout {
  const d = spec.features;
  const p = spec.predictor?.targets.length ?? 0;
  const widths = { z: d, observed: d, ...(spec.predictor ? { x: d, y: p, observedY: p } : {}) };
  let start = 0;
  const fields = Object.entries(widths).map(([name, width]) => {
    const field = { name: name as RowField["name"], width, start };
    start += width;
    return field;
  });
  return { fields, width: start };
}

/** A kernel that lays the fields [B, width] side by side, one element of the result per invocation. */
export function rowPackKernel({ fields, width }: RowLayout): KernelSource {
  const wgsl = `// rows[b, :] = (${fields.map(({ name }) => name).join(", ")})[b]
${fields.map(({ name }, i) => `@group(0) @binding(${i}) var<storage, read> ${name}: array<f32>;`).join("\n")}
@group(0) @binding(${fields.length}) var<storage, read_write> rows: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = gid.x + gid.y * groups.x * 64u;
  let row = e / ${width}u;
  let i = e % ${width}u;
  if (row >= arrayLength(&${fields[0].name}) / ${fields[0].width}u || e >= arrayLength(&rows)) { return; }
${fields.map(({ name, width: own, start }) => `  if (i >= ${start}u && i < ${start + own}u) { rows[e] = ${name}[row * ${own}u + i - ${start}u]; }`).join("\n")}
}
`;
  return { name: "fused hmc rows", file: "generated", wgsl, bindings: [...fields.map(() => "read" as const), "write"] };
}
