import type { ProductKernel, ProductOptions } from "../product.ts";
import { inFours, range, storeLoop, vectorType, zeroLine } from "../register-text.ts";
import { tileGrid } from "../tile-grid.ts";
import { operandsOf } from "./matmul-operand.ts";
import type { MatmulShape } from "./matmul-shape.ts";
import { cutToInner, foursOfATurn, workgroupBuffers, type WorkgroupTileVariant } from "./matmul-variant.ts";
import { WorkgroupOperand } from "./matmul-workgroup-operand.ts";

/**
 * A workgroup goes along the inner index in steps of tileK: both operands' tiles lie in workgroup memory, each lane keeps perM x perN
 * results in registers and adds up four k at a time. What the next step takes is loaded while this one is computed; where two
 * tiles fit into workgroup memory it goes into the other one, so that a step takes one barrier.
 */
export function workgroupTileKernel(shape: MatmulShape, wanted: WorkgroupTileVariant, options: ProductOptions): ProductKernel {
  const variant = cutToInner(wanted, shape.k);
  const { m, n, k, batch, split } = shape;
  const { tileM, tileN, tileK, perM, perN } = variant;
  const operands = operandsOf(shape);
  const columns = tileN / perN;
  const invocations = (tileM / perM) * columns;
  const a = new WorkgroupOperand(operands.a, tileM, tileK, perM, invocations);
  const b = new WorkgroupOperand(operands.b, tileN, tileK, perN, invocations);
  const grid = tileGrid(Math.ceil(n / tileN), Math.ceil(m / tileM), batch);
  const steps = Math.ceil(k / tileK);
  const buffers = steps > 1 ? workgroupBuffers(variant) : 1;
  const vectorStore = (options.vectorStore ?? false) && n % 4 === 0 && b.neighbours;
  const parts = split ? [`let part = batch / ${batch / split.parts}u;`, `let matrix = batch % ${batch / split.parts}u;`, `let end = min(${k}u, ${split.inner}u - part * ${k}u);`] : [];
  // the last part may be shorter
  const end = split ? "end" : k % tileK === 0 ? undefined : `${k}u`;
  const load = (k0: string): string[] => [...a.load(k0, end), ...b.load(k0, end)];
  const store = (buffer?: string): string[] => [...a.store(buffer), ...b.store(buffer)];
  const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
  const lines = [
    ...grid.lines,
    ...parts,
    zeroLine,
    "let invocation = local.x;",
    a.bound.startLine,
    b.bound.startLine,
    `let originA = tileY * ${tileM}u;`,
    `let originB = tileX * ${tileN}u;`,
    `let laneA = invocation / ${columns}u;`,
    `let laneB = invocation % ${columns}u;`,
    ...a.prepare(),
    ...b.prepare(),
    ...range(perM).flatMap((i) => range(b.chunks).map((c) => `var acc${i}_${c} = ${vectorType(b.chunk)}();`)),
    ...load("0u"),
    ...store(),
    "workgroupBarrier();",
    ...(steps === 1
      ? blocks(a, b, variant, undefined)
      : [
          `for (var step = 0u; step < ${steps}u + zero; step++) {`,
          `  let more = step + 1u < ${steps}u;`,
          "  if (more) {",
          ...indented(indented([`let k0 = (step + 1u) * ${tileK}u;`, ...load("k0")])),
          "  }",
          ...indented(blocks(a, b, variant, buffers === 2 ? "step % 2u" : undefined)),
          ...(buffers === 2 ? [] : ["  workgroupBarrier();"]),
          "  if (more) {",
          ...indented(indented(store(buffers === 2 ? "((step + 1u) % 2u)" : undefined))),
          "  }",
          "  workgroupBarrier();",
          "}",
        ]),
    ...stores(shape, a, b, variant, vectorStore, options, grid.guard),
  ];
  return {
    workgroupSize: invocations,
    dispatch: grid.dispatch,
    header: "",
    operands: [a.bound.binding, b.bound.binding],
    vectorStore,
    workgroup: [a, b].map((operand) => ({ name: operand.tile, type: operand.type(buffers), bytes: (operand === a ? tileM : tileN) * tileK * 4 * buffers })),
    wgsl: `
@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
${lines.map((line) => `  ${line}`).join("\n")}
}
`,
  };
}

/** The products of the tiles in workgroup memory, four k after four; several fours a turn where they are few products, so that their reads overlap. */
function blocks(a: WorkgroupOperand, b: WorkgroupOperand, variant: WorkgroupTileVariant, buffer: string | undefined): string[] {
  const fours = variant.tileK / 4;
  const turns = foursOfATurn(variant);
  const first = buffer === undefined ? "fours" : `${buffer} * ${fours}u + fours`;
  const each = range(turns).flatMap((turn) => ["  {", `    let block = ${first}${turn === 0 ? "" : ` + ${turn}u`};`, ...block(a, b, variant.perM).map((line) => `    ${line}`), "  }"]);
  return [`for (var fours = 0u; fours < ${fours}u + zero; fours += ${turns}u) {`, ...each, "}"];
}

/** The products of four k. What they take is read just before, so that few registers are in use at a time. */
function block(a: WorkgroupOperand, b: WorkgroupOperand, perM: number): string[] {
  return range(4).flatMap((q) => [
    ...a.read("block", q),
    ...b.read("block", q),
    ...range(b.chunks).map((c) => `let v${q}_${c} = ${b.vector(c, q)};`),
    ...range(perM).flatMap((i) =>
      range(b.chunks).map((c) => `acc${i}_${c} = fma(${b.chunk === 1 ? a.value(i, q) : `${vectorType(b.chunk)}(${a.value(i, q)})`}, v${q}_${c}, acc${i}_${c});`),
    ),
  ]);
}

/** Results one by one where the caller's epilogue is short, else in a loop, so that it is compiled once. */
function stores({ m, n }: MatmulShape, a: WorkgroupOperand, b: WorkgroupOperand, { tileM, tileN, perM, perN }: WorkgroupTileVariant, vector: boolean, options: ProductOptions, guard: string | undefined): string[] {
  const call = vector ? "storeResult4" : (options.store ?? "storeResult");
  const conditions = [m % tileM === 0 ? undefined : `row < ${m}u`, n % tileN === 0 ? undefined : `col < ${n}u`, guard];
  const values = range(perM).flatMap((i) => range(perN).map((j) => `acc${i}_${Math.floor(j / b.chunk)}${b.chunk === 1 ? "" : `.${"xyzw"[j % b.chunk]}`}`));
  const results = vector ? inFours(values) : values;
  const across = vector ? perN / 4 : perN;
  const four = vector ? 4 : 1;
  const inside = conditions.filter((condition) => condition !== undefined).join(" && ");
  if (options.vectorStore) {
    return results.map((result, e) => {
      const line = `let row = ${a.row(Math.floor(e / across))}; let col = ${b.row((e % across) * four)};`;
      const store = `${call}((batch * ${m}u + row) * ${n}u + col, row, col, batch, ${result});`;
      return inside === "" ? `{ ${line} ${store} }` : `{ ${line} if (${inside}) { ${store} } }`;
    });
  }
  return storeLoop({
    results,
    vector,
    places: [`let i = e / ${across}u;`, `let j = e % ${across}u${vector ? " * 4u" : ""};`, `let row = ${a.row("i")};`, `let col = ${b.row("j")};`],
    conditions,
    call,
    arguments: `(batch * ${m}u + row) * ${n}u + col, row, col, batch`,
  });
}
