import type { Gpu } from "./device.ts";
import { uniformWords, type Storage } from "./dispatch.ts";

/** Bytes from one uniform to the next in a buffer that they share, as bindings demand. */
const spacing = 256;

/** The values of a `struct Params` by the names of its fields. */
export type UniformValues = Readonly<Record<string, number>>;

/** Names and types of the fields of the shader's `struct Params`, in order: numbers of four bytes side by side. Throws TypeError where it holds anything else. */
export function uniformFields(wgsl: string): { name: string; type: "u32" | "f32" }[] {
  const body = /struct Params\s*\{([^}]*)\}/.exec(wgsl.replace(/\/\/.*$/gm, ""))?.[1] ?? "";
  return [...body.matchAll(/(\w+)\s*:\s*([^,\s]+)/g)].map(([, name, type]) => {
    if (type !== "u32" && type !== "f32") throw new TypeError(`[uniform] field "${name}" of struct Params is ${type}; only u32 and f32 can be written.`);
    return { name, type };
  });
}

/** The values in the layout that the shader's `struct Params` says, padded to 16 bytes. Throws RangeError where the names are not those of its fields. */
export function uniformData(wgsl: string, values: UniformValues): Uint32Array<ArrayBuffer> {
  const fields = uniformFields(wgsl);
  const names = fields.map(({ name }) => name);
  if ([...names].sort().join() !== Object.keys(values).sort().join()) {
    throw new RangeError(`[uniform] struct Params has the fields ${names.join(", ")}; got ${Object.keys(values).join(", ")}.`);
  }
  const words = new Uint32Array(4 * Math.ceil(fields.length / 4));
  const floats = new Float32Array(words.buffer);
  fields.forEach(({ name, type }, i) => ((type === "f32" ? floats : words)[i] = values[name]));
  return words;
}

/** Uniforms for the shader's `struct Params`, one for each set of values, in one buffer. Throws as `uniformData` does. */
export function uniformsFor(gpu: Gpu, wgsl: string, values: readonly UniformValues[], label: string): Storage[] {
  const each = values.map((one) => uniformData(wgsl, one));
  const words = new Uint32Array((spacing / 4) * (each.length - 1) + each[0].length);
  each.forEach((one, i) => words.set(one, (spacing / 4) * i));
  const { buffer } = uniformWords(gpu, words, label);
  return each.map(({ byteLength }, i) => ({ buffer, offset: spacing * i, bytes: byteLength }));
}

/** A uniform for the shader's `struct Params`. Throws as `uniformData` does. */
export function uniformFor(gpu: Gpu, wgsl: string, values: UniformValues, label: string): Storage {
  return uniformsFor(gpu, wgsl, [values], label)[0];
}
