import { binaryFunctions, type BinaryName } from "../ops/binary.ts";
import { reducedSize } from "../ops/reduce.ts";
import { unaryFunctions, type UnaryName } from "../ops/unary.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";

/** What evaluating the op itself costs for one element, in units of one load. */
export function ownCost(tensor: Tensor): number {
  const { op } = tensor;
  if (op in unaryFunctions) return unaryFunctions[op as UnaryName].cost;
  if (op in binaryFunctions) return binaryFunctions[op as BinaryName].cost;
  if (op === "randomNormal") return 80;
  if (op === "randomUniform" || op === "foldIn") return 60;
  if (op === "shuffledRows") return 500;
  return op === "fill" || op === "reshape" || op === "stopGradient" ? 0 : 1;
}

/** Loop length of a reducing op, else 1. */
export function loopLength(tensor: Tensor): number {
  if (tensor.op === "sum" || tensor.op === "max") return reducedSize(tensor.inputs[0], tensor.attributes.axes as readonly number[]);
  if (tensor.op === "logSumExp") return 2 * reducedSize(tensor.inputs[0], tensor.attributes.axes as readonly number[]);
  if (tensor.op === "partialSum") return Math.ceil(reducedSize(tensor.inputs[0], tensor.attributes.axes as readonly number[]) / tensor.shape[tensor.shape.length - 1]);
  if (tensor.op === "sharedReduction") return (tensor.attributes.of === "logSumExp" ? 2 : 1) * (tensor.attributes.length as number);
  return tensor.op === "scatterAdd" ? sizeOf(tensor.inputs[1].shape) : 1;
}

/** Lanes that share the loop. */
export function sharersOf(tensor: Tensor): number {
  return tensor.op === "sharedReduction" ? (tensor.attributes.sharers as number) : 1;
}

/** Cost of one element with everything inlined that is not stored; shared parts count once, as often as the use that needs them most. */
export function inlineCost(tensor: Tensor, stored: (tensor: Tensor) => boolean): number {
  const isLoaded = (node: Tensor): boolean => node !== tensor && stored(node);
  const times = new Map<Tensor, number>([[tensor, 1]]);
  let cost = 0;
  // users come before their inputs, so that a node's evaluations are known when its turn comes
  for (const node of inlinedNodes(tensor, isLoaded)) {
    const count = times.get(node)!;
    if (isLoaded(node)) {
      cost += count;
      continue;
    }
    cost += count * ownCost(node);
    // a repeated element is hoisted out of the loops it does not depend on; counting it as often as its own size allows
    const inner = node.op === "broadcastTo" ? Math.min(count, Math.max(1, sizeOf(node.inputs[0].shape))) : count * loopLength(node);
    for (const input of node.inputs) times.set(input, Math.max(times.get(input) ?? 0, inner));
  }
  return cost;
}

/** What an element is computed from down to what is loaded, users before their inputs. */
function inlinedNodes(tensor: Tensor, isLoaded: (tensor: Tensor) => boolean): Tensor[] {
  const seen = new Set<Tensor>();
  const pending = [tensor];
  while (pending.length > 0) {
    const node = pending.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    if (!isLoaded(node)) pending.push(...node.inputs);
  }
  return [...seen].sort((a, b) => b.id - a.id);
}
