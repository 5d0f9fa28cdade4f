import type { ProductKernel, ProductOptions } from "../product.ts";
import { range } from "../register-text.ts";
import { tileGrid } from "../tile-grid.ts";
import { BoundOperand, operandsOf } from "./matmul-operand.ts";
import type { MatmulShape } from "./matmul-shape.ts";
import type { WorkgroupTileVariant } from "./matmul-variant.ts";

export function workgroupTileKernel(shape: MatmulShape, variant: WorkgroupTileVariant, options: ProductOptions): ProductKernel {
  const { m, n, k, batch } = shape;
  const { tileM, tileN, tileK, perM, perN } = variant;
  const operands = operandsOf(shape);
  const a = new BoundOperand(operands.a, false, false);
  const b = new BoundOperand(operands.b, false, false);
  const columns = tileN / perN;
  const invocations = (tileM / perM) * columns;
  const grid = tileGrid(Math.ceil(n / tileN), Math.ceil(m / tileM), batch);
  const wgsl = `
// [tileK, tileM] and [tileK, tileN], rows one longer so that a column's elements lie in different banks
var<workgroup> tileA: array<f32, ${(tileM + 1) * tileK}>;
var<workgroup> tileB: array<f32, ${(tileN + 1) * tileK}>;

@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  ${[...grid.lines, a.startLine, b.startLine].join("\n  ")}
  let row0 = tileY * ${tileM}u;
  let col0 = tileX * ${tileN}u;
  let myRow = invocation / ${columns}u * ${perM}u;
  let myCol = invocation % ${columns}u;
${range(perM).flatMap((i) => range(perN).map((j) => `  var acc${i}_${j} = 0f;`)).join("\n")}
  for (var k0 = 0u; k0 < ${k}u; k0 += ${tileK}u) {
${stage(a, "tileA", "row0", tileM, tileK, invocations)}
${stage(b, "tileB", "col0", tileN, tileK, invocations)}
    workgroupBarrier();
    for (var q = 0u; q < ${tileK}u; q++) {
${range(perM).map((i) => `      let a${i} = tileA[q * ${tileM + 1}u + myRow + ${i}u];`).join("\n")}
${range(perN).map((j) => `      let b${j} = tileB[q * ${tileN + 1}u + myCol + ${j * columns}u];`).join("\n")}
${range(perM).flatMap((i) => range(perN).map((j) => `      acc${i}_${j} = fma(a${i}, b${j}, acc${i}_${j});`)).join("\n")}
    }
    workgroupBarrier();
  }
${range(perM)
  .flatMap((i) =>
    range(perN).map((j) => {
      const row = `row0 + myRow + ${i}u`;
      const col = `col0 + myCol + ${j * columns}u`;
      const condition = [`${row} < ${m}u`, `${col} < ${n}u`, grid.guard ?? ""].filter((part) => part !== "").join(" && ");
      return `  if (${condition}) { ${options.store ?? "storeResult"}((batch * ${m}u + ${row}) * ${n}u + ${col}, ${row}, ${col}, batch, acc${i}_${j}); }`;
    }),
  )
  .join("\n")}
}
`;
  return { workgroupSize: invocations, dispatch: grid.dispatch, header: "", operands: [a.binding, b.binding], vectorStore: false, wgsl };
}

/** Copies a tile to workgroup memory, neighbouring invocations from neighbouring addresses; outside the matrix it is 0. */
function stage(bound: BoundOperand, target: string, origin: string, tileX: number, tileK: number, invocations: number): string {
  const { count, k, contiguousK } = bound.operand;
  const [x, q] = contiguousK ? [`e / ${tileK}u`, `e % ${tileK}u`] : [`e % ${tileX}u`, `e / ${tileX}u`];
  return `    for (var e = invocation; e < ${tileX * tileK}u; e += ${invocations}u) {
      let x = ${origin} + ${x};
      let k = k0 + ${q};
      var value = 0f;
      if (x < ${count}u && k < ${k}u) { value = ${bound.at("x", "k")}; }
      ${target}[(${q}) * ${tileX + 1}u + ${x}] = value;
    }`;
}
