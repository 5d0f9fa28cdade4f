import { Emitter } from "../compile/emitter.ts";
import { matmulShape } from "../kernels/matmul/matmul-shape.ts";
import type { Tensor } from "../tape.ts";
import { lanes, rowTile, sharedSum, type Task } from "./partition.ts";
import { rowAxis, sumLength } from "./row-layout.ts";

/** How a kernel reads and writes stored tensors. */
export interface Memory {
  /** The expression of an element of a stored tensor; undefined: it is not stored. */
  load(tensor: Tensor, linear: string): string | undefined;
  /** The statement that stores an element. */
  store(tensor: Tensor, linear: string, value: string): string;
}

/** A function `name(first, lane)` that computes a step's result in the rows from `first` on, by all lanes of a workgroup, and how many floats of workgroup memory it shares. */
export interface StepText {
  readonly wgsl: string;
  readonly shared: number;
}

/** Products with so long sums at least are shared by lanes, where there are lanes enough; each lane adds up so many products or more. */
const sharedProduct = 32;
const leastOfLane = 8;

type Laid = Task["steps"][number];

export function stepText(name: string, laid: Laid, task: Task, memory: Memory): StepText {
  const { step } = laid;
  if (step.product) return productText(name, laid, task, memory);
  const block = blockOf(laid, task);
  const length = sumLength(step.result);
  const parts = powerOfTwo(Math.min(lanes / block.items, length / 2));
  return length >= sharedSum && parts >= 2 ? sumText(name, laid, block, parts, memory) : mapText(name, laid, block, memory);
}

/** The elements of a workgroup's rows: `items` of them, fewer in the last one. */
interface Block {
  readonly items: number;
  /** `let i = ...;`: the place in the array of item `item`. */
  place(item: string): string;
  /** Whether the item is none, because the rows end before it; undefined: never. */
  readonly within?: string;
}

function blockOf({ layout: { outer, inner } }: Laid, { rows, rowsPerGroup }: Task): Block {
  const own = rowsPerGroup * inner;
  const whole = rows * inner;
  const at = (item: string): string => `first * ${inner}u + ${outer === 1 ? item : `${item} % ${own}u`}`;
  return {
    items: outer * own,
    place: (item) => `let at = ${at(item)};\nlet i = ${outer === 1 ? "at" : `${item} / ${own}u * ${whole}u + at`};`,
    within: rows % rowsPerGroup === 0 ? undefined : `at < ${whole}u`,
  };
}

const indented = (lines: readonly string[]): string => lines.flatMap((line) => line.split("\n")).map((line) => `  ${line}`).join("\n");

const guarded = (condition: string | undefined, lines: readonly string[]): string[] => (condition ? [`if (${condition}) {`, indented(lines), "}"] : [...lines]);

function emitterOf(step: Laid["step"], memory: Memory): Emitter {
  const reads = new Set(step.reads);
  return new Emitter((tensor, linear) => (tensor !== step.result && reads.has(tensor) ? memory.load(tensor, linear) : undefined));
}

/** Each lane computes every 256th element. */
function mapText(name: string, { step }: Laid, block: Block, memory: Memory): StepText {
  const { result } = step;
  const emitter = emitterOf(step, memory);
  const value = emitter.value(result, { shape: result.shape, linear: { code: "i", depth: 0 } });
  return { wgsl: eachItem(name, block, [...emitter.body, memory.store(result, "i", value)]), shared: 0 };
}

/** The function `name` whose lanes do `body` at every 256th item, `i` its place in the array. */
function eachItem(name: string, block: Block, body: readonly string[]): string {
  return stepFunction(name, overItems(block.items, [block.place("item"), ...guarded(block.within, body)]));
}

function overItems(items: number, body: readonly string[]): string[] {
  return [`for (var item = lane; item < ${items}u; item += ${lanes}u) {`, indented(body), "}"];
}

function stepFunction(name: string, lines: readonly string[]): string {
  return `fn ${name}(first: u32, lane: u32) {\n${indented(lines)}\n}`;
}

/** `parts` lanes share a sum: each adds up every parts-th element, then halves are added to halves. */
function sumText(name: string, { step }: Laid, block: Block, parts: number, memory: Memory): StepText {
  const { result } = step;
  const emitter = emitterOf(step, memory);
  const partial = result.tape.record("partialSum", result.inputs, [...result.shape, parts], result.attributes);
  const value = emitter.value(partial, { shape: partial.shape, linear: { code: "p", depth: 0 } });
  const { items } = block;
  const own = [block.place("item"), ...guarded(block.within, [`let p = i * ${parts}u + lane / ${items}u;`, ...emitter.body, `acc = ${value};`])];
  const lines = [
    `let item = lane % ${items}u;`,
    "var acc = 0.0;",
    ...guarded(`lane < ${items * parts}u`, own),
    "partial[lane] = acc;",
    "workgroupBarrier();",
    ...halving(items, parts, ["partial[lane] += partial[lane + half];"]),
    ...guarded(`lane < ${items}u`, [block.place("lane"), ...guarded(block.within, [memory.store(result, "i", "partial[lane]")])]),
    "workgroupBarrier();",
  ];
  return { wgsl: stepFunction(name, lines), shared: lanes };
}

function halving(items: number, parts: number, add: readonly string[]): string[] {
  return [`for (var half = ${(items * parts) / 2}u; half >= ${items}u; half /= 2u) {`, indented(guarded("lane < half", add)), "  workgroupBarrier();", "}"];
}

/** a b with what follows elementwise, a few rows of one column at a time in each lane. */
function productText(name: string, laid: Laid, task: Task, memory: Memory): StepText {
  const { step, layout } = laid;
  const product = step.product!;
  const { batch, m, n, k, transA, transB, batchA, batchB } = matmulShape(product);
  const [a, b] = product.inputs;
  const inBatch = (own: boolean, size: number): string => (own && batch > 1 ? `o * ${size}u + ` : "");
  const factors = emitterOf(step, memory);
  const at = (operand: Tensor, code: string): string => factors.value(operand, { shape: operand.shape, linear: { code: `(${code})`, depth: 0 } });
  const right = at(b, `${inBatch(batchB, n * k)}${transB ? `col * ${k}u + q` : `q * ${n}u + col`}`);
  const left = (row: string): string => at(a, `${inBatch(batchA, m * k)}${transA ? `q * ${m}u + ${row}` : `${row} * ${k}u + q`}`);
  /** acc += a[row, q] b[q, col] for each of the rows. */
  const inLoop = (rows: readonly string[], acc: (t: number) => string): string[] => {
    const sums = rows.map((row, t) => `${acc(t)} += ${left(row)} * ${right};`);
    return [...factors.body, ...sums];
  };
  const end = endText(name, laid, memory);
  const axis = rowAxis(product.shape, layout, task.rows);
  if (axis?.axis !== product.shape.length - 2) {
    // the rows are no rows of a: element by element
    const element = [`let o = i / ${m * n}u;`, `let row = i / ${n}u % ${m}u;`, `let col = i % ${n}u;`, "var acc = 0.0;", `for (var q = 0u; q < ${k}u; q++) {`, indented(inLoop(["row"], () => "acc")), "}", `${name}_end(i, acc);`];
    return { wgsl: `${end}\n${eachItem(name, blockOf(laid, task), element)}`, shared: 0 };
  }
  const own = task.rowsPerGroup * axis.factor;
  const tile = Math.min(rowTile, own);
  const tiles = Math.ceil(own / tile);
  const items = batch * tiles * n;
  const parts = k >= sharedProduct ? powerOfTwo(Math.min(lanes / items, k / leastOfLane)) : 1;
  const each = (line: (t: number) => string): string[] => Array.from({ length: tile }, (_, t) => line(t));
  const bounded = own % tile !== 0 || task.rows % task.rowsPerGroup !== 0;
  const place = [
    `let col = item % ${n}u;`,
    ...(batch > 1 ? [`let o = item / ${tiles * n}u;`] : []),
    `let row0 = first * ${axis.factor}u + item / ${n}u${batch > 1 ? ` % ${tiles}u` : ""} * ${tile}u;`,
    ...each((t) => `let row${t}_in = ${bounded ? `min(row0 + ${t}u, ${m - 1}u)` : `row0 + ${t}u`};`),
  ];
  const inner = inLoop(each((t) => `row${t}_in`), (t) => `acc${t}`);
  const loop = (from: string, step: number): string[] => [...each((t) => `acc${t} = 0.0;`), `for (var q = ${from}; q < ${k}u; q += ${step}u) {`, indented(inner), "}"];
  const finish = (value: (t: number) => string): string[] =>
    each((t) => {
      const call = `${name}_end(${batch > 1 ? `o * ${m * n}u + ` : ""}(row0 + ${t}u) * ${n}u + col, ${value(t)});`;
      return bounded ? `if (row0 + ${t}u < min(first * ${axis.factor}u + ${own}u, ${m}u)) { ${call} }` : call;
    });
  const accumulators = each((t) => `var acc${t}: f32;`);
  const lines = parts < 2
    ? overItems(items, [...place, ...accumulators, ...loop("0u", 1), ...finish((t) => `acc${t}`)])
    : [
        `let item = lane % ${items}u;`, ...place, ...accumulators,
        ...guarded(`lane < ${items * parts}u`, loop(`lane / ${items}u`, parts)),
        ...each((t) => `partial[lane + ${t * lanes}u] = acc${t};`),
        "workgroupBarrier();",
        ...halving(items, parts, each((t) => `partial[lane + ${t * lanes}u] += partial[lane + half + ${t * lanes}u];`)),
        ...guarded(`lane < ${items}u`, finish((t) => `partial[lane + ${t * lanes}u]`)),
        "workgroupBarrier();",
      ];
  return { wgsl: `${end}\n${stepFunction(name, lines)}`, shared: parts < 2 ? 0 : tile * lanes };
}

/** `name_end(i, acc)`: what the step makes of an element of its product. */
function endText(name: string, { step }: Laid, memory: Memory): string {
  const { result, product } = step;
  const emitter = emitterOf(step, memory);
  const linear = { code: "i", depth: 0 };
  emitter.define(product!, { shape: product!.shape, linear }, "acc");
  const value = emitter.value(result, { shape: result.shape, linear });
  return `fn ${name}_end(i: u32, acc: f32) {\n${indented([...emitter.body, memory.store(result, "i", value)])}\n}`;
}

function powerOfTwo(limit: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(limit)));
}
