import { isConv } from "../kernels/conv/conv-shape.ts";
import { isMatmul } from "../kernels/matmul/matmul-shape.ts";
import { binaryFunctions } from "../ops/binary.ts";
import { unaryFunctions } from "../ops/unary.ts";
import { sizeOf } from "../shape.ts";
import { dependencies, type Tensor } from "../tape.ts";
import { inlineCost, loopLength, ownCost, sharersOf } from "./cost.ts";
import { distinctRoots } from "./storage-root.ts";

/** One kernel to come: the tensor it stores, the stored tensors it reads, and the product in whose epilogue it runs. */
export interface Step {
  readonly result: Tensor;
  readonly reads: readonly Tensor[];
  /** A matmul, a convolution or a reduction that lanes share. */
  readonly product?: Tensor;
}

/** Extra evaluations worth less than this (in loads) are cheaper than a dispatch. */
const recomputeBudget = 300_000;

/** A reduction with few results runs on few lanes: above this much work in one lane its input is stored first. */
const laneBudget = 20_000;

/** A sum of so many elements is long. */
const longSum = 64;

/** Whether a kernel of its own computes the tensor, by register or workgroup tiles; what follows elementwise may join it. */
function isProduct(tensor: Tensor): boolean {
  return isMatmul(tensor) || isConv(tensor);
}

/** Whether what follows elementwise may join the tensor's own kernel. */
function hasEpilogue(tensor: Tensor): boolean {
  return isProduct(tensor) || tensor.op === "sharedReduction";
}

/** The tensor whose storage a view shares. */
export function base(tensor: Tensor): Tensor {
  return tensor.op === "reshape" || tensor.op === "stopGradient" ? base(tensor.inputs[0]) : tensor;
}

/**
 * Decides which tensors are stored and which are computed where they are used, and lists the kernels in order.
 * Stored: outputs, products (matmuls, convolutions) and their operands, and whatever would otherwise be computed again at more than a dispatch's cost;
 * for passes (`passes/`) long sums too, which many lanes can share only if nothing else is computed with them,
 * but neither keys, which each lane derives anew, nor parts of a leaf that a product reads.
 */
export function plan(outputs: readonly Tensor[], maxReads: number, { inPasses = false } = {}): Step[] {
  const nodes = dependencies(outputs);
  const users = new Map<Tensor, Tensor[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) for (const input of node.inputs) users.get(input)!.push(node);

  const stored = new Set<Tensor>();
  const store = (tensor: Tensor): void => void stored.add(base(tensor));
  for (const output of outputs) store(output);
  for (const node of nodes) {
    if (node.op === "read") stored.add(node);
    if ((node.op === "foldIn" && !inPasses) || node.op === "partialSum" || node.op === "sharedReduction") stored.add(node);
    if (inPasses && node.op === "sum" && loopLength(node) >= longSum) stored.add(node);
    if (isProduct(node)) for (const tensor of [node, ...node.inputs]) if (!(inPasses && isLeafView(tensor))) store(tensor);
  }
  const mayBeStored = (node: Tensor): boolean => !(inPasses && node.op === "foldIn");
  storeRepeated(nodes, users, stored, mayBeStored);

  const fused = new Map<Tensor, Tensor>();
  for (const node of nodes) {
    if (!hasEpilogue(node) || outputs.some((output) => base(output) === node)) continue;
    const root = epilogueRoot(node, users, stored);
    if (root && !fused.has(root)) {
      fused.set(root, node);
      stored.delete(node);
    }
  }

  const steps: Step[] = [];
  // the result takes one binding; an operand that an epilogue reads too takes another
  const fitted = (result: Tensor, product?: Tensor): Tensor[] => {
    let reads = readsOf(result, stored, product);
    while (distinctRoots(reads).length > maxReads + 1) {
      const part = splitPoint(result, stored, maxReads);
      stored.add(part);
      steps.push({ result: part, reads: readsOf(part, stored) });
      reads = readsOf(result, stored);
    }
    return reads;
  };
  for (const result of nodes) {
    if (!stored.has(result) || result.op === "read") continue;
    let product = hasEpilogue(result) ? result : fused.get(result);
    if (product && product !== result && distinctRoots(readsOf(result, stored, product)).length > maxReads) {
      // too many bindings for one kernel: the product is stored after all
      stored.add(product);
      steps.push({ result: product, reads: fitted(product, product), product });
      product = undefined;
    }
    const reads = fitted(result, product);
    steps.push(product ? { result, reads, product } : { result, reads });
  }
  return steps;
}

const viewOps: ReadonlySet<string> = new Set(["reshape", "stopGradient", "slice", "transpose", "broadcastTo", "gather"]);

/** Elements of a leaf, or of one by another's numbers: no dearer to find where they are used than to load. */
function isLeafView({ op, inputs }: Tensor): boolean {
  return viewOps.has(op) && inputs.every((input) => input.op === "read" || isLeafView(input));
}

/** Users before inputs: how often is each element evaluated, and is storing it cheaper? */
function storeRepeated(nodes: readonly Tensor[], users: Map<Tensor, Tensor[]>, stored: Set<Tensor>, mayBeStored: (node: Tensor) => boolean): void {
  // sums and random numbers first: with them inlined, everything behind them would look expensive
  storeWhere(nodes, users, stored, (node) => mayBeStored(node) && (loopLength(node) > 1 || ownCost(node) >= 50));
  storeWhere(nodes, users, stored, mayBeStored);
}

function storeWhere(nodes: readonly Tensor[], users: Map<Tensor, Tensor[]>, stored: Set<Tensor>, candidate: (node: Tensor) => boolean): void {
  const evaluations = new Map<Tensor, number>();
  const isStored = (tensor: Tensor): boolean => stored.has(tensor);
  for (const node of [...nodes].reverse()) {
    let count = 0;
    for (const user of users.get(node)!) {
      const points = stored.has(user) ? sizeOf(user.shape) : evaluations.get(user)!;
      count += user.op === "broadcastTo" ? Math.max(points / hoisting(user, users), 1) : points * loopLength(user);
    }
    evaluations.set(node, count);
    const size = sizeOf(node.shape);
    if (!candidate(node) || stored.has(node) || node.op === "fill" || node.op === "iota" || node.op === "reshape" || node.op === "stopGradient") continue;
    if (count > size) {
      // stored, each use still costs a load, and the first a store
      const extra = (count - size) * (inlineCost(node, isStored) - 1) - 2 * size;
      if (extra > recomputeBudget) stored.add(node);
    }
    const loop = loopLength(node);
    if (stored.has(node) && loop > 1 && size < 64) {
      const [input] = node.inputs;
      const work = loop * inlineCost(input, isStored);
      if (work > laneBudget && sizeOf(input.shape) > 8 * size && inlineCost(input, isStored) > 2) stored.add(base(input));
    }
  }
}

/** How many loop turns a broadcast element is shared by, because the loops over the repeated axes hoist it. */
function hoisting(broadcast: Tensor, users: Map<Tensor, Tensor[]>): number {
  let node = broadcast;
  for (;;) {
    const next = users.get(node)!;
    if (next.length !== 1) return 1;
    const [user] = next;
    if (user.op === "sum" || user.op === "max" || user.op === "logSumExp" || user.op === "sharedReduction") {
      const [input] = broadcast.inputs;
      const lead = broadcast.shape.length - input.shape.length;
      const axes = user.attributes.axes as readonly number[];
      const repeated = axes.every((axis) => axis < lead || (input.shape[axis - lead] === 1 && broadcast.shape[axis] > 1));
      return repeated ? Math.max(1, loopLength(user) / sharersOf(user)) : 1;
    }
    if (!isMap(user)) return 1;
    node = user;
  }
}

function isMap(tensor: Tensor): boolean {
  return tensor.op in unaryFunctions || tensor.op in binaryFunctions || tensor.op === "where";
}

/** The stored elementwise function of a product that can be computed in the kernel of the product. */
function epilogueRoot(product: Tensor, users: Map<Tensor, Tensor[]>, stored: Set<Tensor>): Tensor | undefined {
  let node = product;
  for (;;) {
    const next = users.get(node)!;
    if (next.length !== 1) return undefined;
    const [user] = next;
    const passes = isMap(user) || user.op === "reshape" || user.op === "stopGradient";
    if (!passes || user.inputs.filter((input) => input === node).length !== 1) return undefined;
    if (stored.has(user)) return isMap(user) ? user : undefined;
    node = user;
  }
}

/** The distinct stored tensors that the kernel of `result` loads. */
function readsOf(result: Tensor, stored: Set<Tensor>, product?: Tensor): Tensor[] {
  const reads = new Set<Tensor>();
  const seen = new Set<Tensor>();
  const visit = (node: Tensor): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node === product && isProduct(node)) {
      for (const operand of node.inputs) visit(base(operand));
      return;
    }
    if (node !== result && stored.has(node)) reads.add(node);
    else for (const input of node.inputs) visit(input);
  };
  visit(result);
  return [...reads];
}

/** An inlined part with about half of the reads: stored, it leaves as many to the rest, and both fit into a dispatch with others. */
function splitPoint(result: Tensor, stored: Set<Tensor>, maxReads: number): Tensor {
  const half = Math.ceil(distinctRoots(readsOf(result, stored)).length / 2);
  const parts: { node: Tensor; reads: number }[] = [];
  for (const node of inlined(result, stored)) {
    if (node === result || node.op === "reshape" || node.op === "stopGradient" || node.op === "fill") continue;
    const reads = distinctRoots(readsOf(node, stored)).length;
    if (reads > 1 && reads <= maxReads) parts.push({ node, reads });
  }
  if (parts.length === 0) throw new Error(`[compile] "${result.op}" joins more than ${maxReads} stored tensors in one operation; concatenate them in two steps.`);
  return parts.reduce((best, part) => (Math.abs(part.reads - half) < Math.abs(best.reads - half) ? part : best)).node;
}

/** What the kernel of `result` computes itself, in the order of the tape. */
function inlined(result: Tensor, stored: Set<Tensor>): Tensor[] {
  const seen = new Set<Tensor>();
  const visit = (node: Tensor): void => {
    if (seen.has(node) || (node !== result && stored.has(node))) return;
    seen.add(node);
    node.inputs.forEach(visit);
  };
  visit(result);
  return [...seen].sort((a, b) => a.id - b.id);
}
