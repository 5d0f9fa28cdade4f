import { reducedSize, sum } from "../ops/reduce.ts";
import { reshape } from "../ops/reshape.ts";
import { sizeOf } from "../shape.ts";
import { dependencies, type Tensor } from "../tape.ts";
import { sharedNode } from "./lower-hardware.ts";

/** Sums of fewer elements are done by one invocation each. */
const leastSum = 8192;
/** With so many sums side by side there is enough to do at once. */
const enoughSums = 4096;
/** Elements that one invocation of a divided sum adds up, about; more where there would be more parts than their own sum likes. */
const sumPart = 512;
const mostSumParts = 4096;

/** Multiply-adds of a kernel's gradient that are worth a part of their own on a GPU, and results of all parts together. */
const gradientPart = 2 ** 21;
const mostPartResults = 2 ** 21;
/** A processor has enough to do with so many workgroups, and adds up so many pixels in a row; adding parts up costs more there than on a GPU. */
const softwareGroups = 16;
const softwarePixels = 2 ** 14;

/**
 * The same outputs with large sums in two stages: partial sums, as many as keep a device busy, and their sum; on hardware with what
 * lower-hardware.ts makes of reductions and products. What depends on them is recorded anew. The parts, and with them the order of additions, follow from shapes and the kind of adapter alone.
 */
export function lower(outputs: readonly Tensor[], software: boolean): Tensor[] {
  const replaced = new Map<Tensor, Tensor>();
  for (const node of dependencies(outputs)) {
    const inputs = node.inputs.map((input) => replaced.get(input)!);
    const same = inputs.every((input, i) => input === node.inputs[i]);
    const kept = same ? node : node.tape.record(node.op, inputs, node.shape, node.attributes, node.dtype);
    replaced.set(node, divided(kept, software));
  }
  return outputs.map((output) => replaced.get(output)!);
}

function divided(node: Tensor, software: boolean): Tensor {
  if (node.op === "convKernelGradient") return dividedGradient(node, software);
  if (!software) return sharedNode(node);
  return node.op === "sum" ? dividedSum(node) : node;
}

function dividedSum(node: Tensor): Tensor {
  const [x] = node.inputs;
  const axes = node.attributes.axes as readonly number[];
  const length = reducedSize(x, axes);
  if (length < leastSum || sizeOf(node.shape) > enoughSums) return node;
  const parts = Math.min(Math.ceil(length / sumPart), mostSumParts);
  return sum(node.tape.record("partialSum", [x], [...node.shape, parts], { axes }), -1);
}

/** Always by way of its parts, because only those have a kernel. */
function dividedGradient(node: Tensor, software: boolean): Tensor {
  const [x, g] = node.inputs;
  const [batch, inputs] = x.shape;
  const pixels = batch * g.shape[2] * g.shape[3];
  const wanted = software
    ? Math.max(softwareGroups / (inputs * Math.ceil(g.shape[1] / 32)), pixels / softwarePixels)
    : Math.min((sizeOf(node.shape) * pixels) / gradientPart, mostPartResults / sizeOf(node.shape));
  // as even as it goes: no part is without images
  const images = Math.ceil(batch / Math.min(Math.ceil(wanted), batch));
  const results = node.tape.record("convKernelParts", node.inputs, [Math.ceil(batch / images), ...node.shape], node.attributes);
  if (results.shape[0] === 1) return reshape(results, node.shape);
  const total = sum(results, 0);
  return software ? total : sharedNode(total);
}
