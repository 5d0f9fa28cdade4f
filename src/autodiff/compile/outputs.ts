import type { Gpu } from "../../gpu/device.ts";
import { deviceTensor, type DeviceTensor } from "../device-tensor.ts";
import { ShapeError, showShape, sizeOf } from "../shape.ts";
import { dependencies, type Tensor } from "../tape.ts";
import { base } from "./plan.ts";

/** Whether a leaf shows the target's buffer, so that the program may not write there before its end. */
export function isRead(target: DeviceTensor, leaves: readonly Tensor[]): boolean {
  return leaves.some((leaf) => leaf.source!.storage.buffer === target.storage.buffer);
}

export function checkTarget(name: string, tensor: Tensor, target: DeviceTensor | undefined): void {
  if (target && (target.size !== sizeOf(tensor.shape) || target.dtype !== tensor.dtype)) {
    throw new ShapeError(`[compile] output "${name}" is ${tensor.dtype} ${showShape(tensor.shape)}, its target ${target.dtype} ${showShape(target.shape)}.`);
  }
}

/** The wanted tensors by name, and where some of them are to be written. */
export interface Wanted<Name extends string> {
  readonly entries: readonly (readonly [Name, Tensor])[];
  readonly into: Readonly<Record<string, DeviceTensor>>;
}

/** Where leaves and outputs are; the copies to make at the end, where a target is also read or holds two outputs; and kept old values. */
export interface PlacedOutputs<Name extends string> extends Wanted<Name> {
  readonly storage: Map<Tensor, DeviceTensor>;
  readonly copies: readonly (readonly [DeviceTensor, DeviceTensor])[];
  readonly old: ReadonlyMap<string, DeviceTensor>;
}

/** The leaves that the tensors depend on. */
export function leavesOf({ entries }: Wanted<string>): Tensor[] {
  return dependencies(entries.map(([, tensor]) => tensor)).filter((node) => node.op === "read");
}

/** Gives outputs their storage: their targets where they may be written at once, else a `fresh` one. */
export function placeOutputs<Name extends string>(gpu: Gpu, { entries, into }: Wanted<Name>, fresh: (root: Tensor, label: string) => DeviceTensor): PlacedOutputs<Name> {
  const leaves = leavesOf({ entries, into });
  const storage = new Map<Tensor, DeviceTensor>(leaves.map((leaf) => [leaf, leaf.source!]));
  const old = new Map<string, DeviceTensor>();
  const copies: [DeviceTensor, DeviceTensor][] = [];
  const overwritten = new Set(Object.values(into).map((target) => target.storage.buffer));
  for (const [name, tensor] of entries) {
    const root = base(tensor);
    const target = into[name];
    if (root.op === "read" && overwritten.has(root.source!.storage.buffer)) {
      // a leaf that this program overwrites: its old value is kept, before anything else is copied
      const kept = deviceTensor(gpu, root.shape, undefined, { dtype: root.dtype, label: `old ${name}` });
      copies.unshift([root.source!, kept]);
      old.set(name, kept);
      if (target) copies.push([kept, target]);
      continue;
    }
    if (target && !isRead(target, leaves) && !storage.has(root)) storage.set(root, target);
    if (!storage.has(root)) storage.set(root, fresh(root, name));
    if (target && storage.get(root) !== target) copies.push([storage.get(root)!, target]);
  }
  return { entries, into, storage, copies, old };
}
