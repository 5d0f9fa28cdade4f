import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { uniformData, uniformFields } from "../../src/gpu/uniforms.ts";

const folder = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const texts = (name: string, ending: string): [path: string, text: string][] =>
  (readdirSync(folder(name), { recursive: true }) as string[]).filter((path) => path.endsWith(ending)).map((path) => [path.replaceAll("\\", "/"), readFileSync(`${folder(name)}/${path}`, "utf8")]);

const shader = `
// struct Params { of: u32, a: f32, comment: u32 }
struct Params {
  count: u32,
  // in [0, 1): a share
  rate: f32, last: u32,
  decay: f32,
  more: u32,
}
`;

it("values lie where the shader's struct has them, whatever their order here, padded to whole vec4s", () => {
  const words = uniformData(shader, { more: 9, decay: 0.5, count: 7, last: 2 ** 32 - 1, rate: 1 });
  expect([...words]).toEqual([7, 0x3f800000, 0xffffffff, 0x3f000000, 9, 0, 0, 0]);
});

it("names that are missing or unknown are refused, and types that are not numbers of four bytes", () => {
  expect(() => uniformData(shader, { count: 1, rate: 1, last: 1, decay: 1 })).toThrowErrorMatchingInlineSnapshot(`[RangeError: [uniform] struct Params has the fields count, rate, last, decay, more; got count, rate, last, decay.]`);
  expect(() => uniformData("struct Params { a: u32 }", { a: 1, b: 2 })).toThrowErrorMatchingInlineSnapshot(`[RangeError: [uniform] struct Params has the fields a; got a, b.]`);
  expect(() => uniformFields("struct Params { key: vec2u, }")).toThrowErrorMatchingInlineSnapshot(`[TypeError: [uniform] field "key" of struct Params is vec2u; only u32 and f32 can be written.]`);
});

it.each(texts("shaders", ".wgsl").filter(([, text]) => /var<uniform> params/.test(text)))("the parameters of %s can be written by name", (_, text) => {
  const fields = uniformFields(text);
  expect(fields).not.toEqual([]);
  expect(uniformData(text, Object.fromEntries(fields.map(({ name }, i) => [name, i]))).length).toBe(4 * Math.ceil(fields.length / 4));
});

it("no parameters are written by place: the order of a struct's fields is said by its shader alone", () => {
  const byPlace = texts("src", ".ts").filter(([path, text]) => !path.startsWith("gpu/") && /\buniformWords\(|createBuffer\([^)]*, GPU_BUFFER\.UNIFORM/.test(text));
  expect(byPlace.map(([path]) => path)).toEqual([]);
});
