import columnsText from "../../../shaders/lib/fused-columns.wgsl";
import evidenceText from "../../../shaders/lib/fused-evidence.wgsl";
import numerics from "../../../shaders/lib/numerics.wgsl";
import type { KernelSource } from "../../gpu/kernel.ts";
import { columnWidth, type ColumnGroup, type ColumnTable } from "./column-table.ts";
import { fusedKinds, type FusedSpec } from "./spec.ts";

/** What one row of data holds, field after field, and where each starts, behind the table of columns. */
export interface RowLayout {
  readonly fields: readonly RowField[];
  readonly width: number;
  /** Elements of the table. */
  readonly head: number;
}

interface RowField {
  readonly name: "z" | "observed" | "x" | "y" | "observedY";
  /** Numbers of a row that it is given, and that it keeps. */
  readonly given: number;
  readonly width: number;
  readonly start: number;
  /** Where the kernel wants what a value says of its column instead of the value: three numbers for each. */
  readonly evidenceOf?: ColumnGroup;
}

/** Codes and their mask; where targets are observed also the coded features, the targets and their mask. */
export function rowLayout(spec: FusedSpec, { features, targets, numbers }: ColumnTable): RowLayout {
  const d = spec.features;
  const p = spec.predictor?.targets.length ?? 0;
  const groups: Partial<Record<RowField["name"], ColumnGroup>> = { z: features, y: targets };
  const widths = { z: d, observed: d, ...(spec.predictor ? { x: d, y: p, observedY: p } : {}) };
  let start = 0;
  const fields = (Object.entries(widths) as [RowField["name"], number][]).map(([name, given]): RowField => {
    const group = groups[name];
    const evidenceOf = group?.stored ? group : undefined;
    const width = evidenceOf ? 3 * given : given;
    start += width;
    return { name, given, width, start: start - width, evidenceOf };
  });
  return { fields, width: start, head: numbers.length };
}

const evidenceCode = [
  `const COLUMN_WIDTH = ${columnWidth}u;`,
  ...(["spiked", "binned", "count"] as const).map((kind) => `const ${kind.toUpperCase()} = ${fusedKinds.indexOf(kind)}u;`),
  numerics,
  columnsText,
  evidenceText,
].join("\n");

/** A kernel that lays the fields [B, width] side by side, one element of the result per invocation. */
export function rowPackKernel({ fields, width, head }: RowLayout): KernelSource {
  const place = ({ name, given, start, evidenceOf }: RowField): string => {
    if (!evidenceOf) return `rows[at] = ${name}[row * ${given}u + i - ${start}u];`;
    return `let column = columnAt(${evidenceOf.start}u + (i - ${start}u) / 3u); rows[at] = evidence(column, ${name}[row * ${given}u + column.place])[(i - ${start}u) % 3u];`;
  };
  const wgsl = `// rows[b, :] = (${fields.map(({ name }) => name).join(", ")})[b], from the table of columns on
${fields.map(({ name }, i) => `@group(0) @binding(${i}) var<storage, read> ${name}: array<f32>;`).join("\n")}
@group(0) @binding(${fields.length}) var<storage, read_write> rows: array<f32>;

${fields.some(({ evidenceOf }) => evidenceOf) ? evidenceCode : ""}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = gid.x + gid.y * groups.x * 64u;
  let at = ${head}u + e;
  let row = e / ${width}u;
  let i = e % ${width}u;
  if (row >= arrayLength(&${fields[0].name}) / ${fields[0].given}u || at >= arrayLength(&rows)) { return; }
${fields.map((field) => `  if (i >= ${field.start}u && i < ${field.start + field.width}u) { ${place(field)} }`).join("\n")}
}
`;
  return { name: "fused hmc rows", file: "generated", wgsl, bindings: [...fields.map(() => "read" as const), "write"] };
}
