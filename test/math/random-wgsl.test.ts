import { afterAll, beforeAll, describe, expect, it } from "vitest";
import library from "../../shaders/lib/random.wgsl";
import { foldIn, normal, openUniform, permutation, permutedIndex, threefry2x32, uniform, type Key } from "../../src/math/key.ts";
import { expectClose } from "../expect-close.ts";
import { asFloats, openWgslRunner, type WgslRunner } from "./run-wgsl.ts";

const key: Key = [0x9e3779b9, 0x7f4a7c15];
const keyWords = Uint32Array.from(key);
const n = 4096;

let gpu: WgslRunner;
beforeAll(async () => {
  gpu = await openWgslRunner();
});
afterAll(() => gpu.close());

describe("random.wgsl", () => {
  it("gives Random123's known answers", async () => {
    const inputs = Uint32Array.of(0, 0, 0, 0, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3);
    const got = await gpu.run(
      library,
      `let words = threefry2x32(vec2u(inputs[4 * i], inputs[4 * i + 1]), vec2u(inputs[4 * i + 2], inputs[4 * i + 3]));
       output[2 * i] = words.x; output[2 * i + 1] = words.y;`,
      inputs, 3, 2,
    );
    expect(Array.from(got)).toEqual([0x6b200159, 0x99ba4efe, 0x1cb996fc, 0xbb002be7, 0xc4923a9c, 0x483df7a0]);
  });

  it("draws the host's words and folds the host's keys", async () => {
    const got = await gpu.run(
      library,
      `let key = vec2u(inputs[0], inputs[1]);
       let draw = threefry2x32(key, vec2u(i, 7u)); let folded = foldIn(key, i);
       output[4 * i] = draw.x; output[4 * i + 1] = draw.y; output[4 * i + 2] = folded.x; output[4 * i + 3] = folded.y;`,
      keyWords, n, 4,
    );
    const expected = Array.from({ length: n }, (_, i) => [...threefry2x32(key, [i, 7]), ...foldIn(key, i)]).flat();
    expect(Array.from(got)).toEqual(expected);
  });

  it("gives the host's uniforms to the bit, and open ones strictly inside (0, 1)", async () => {
    const got = await gpu.run(
      library,
      `let bits = threefry2x32(vec2u(inputs[0], inputs[1]), vec2u(i, 3u)).x;
       output[2 * i] = bitcast<u32>(unitUniform(bits)); output[2 * i + 1] = bitcast<u32>(openUniform(select(bits, (i & 1u) * 0xffffffffu, i < 2u)));`,
      keyWords, n, 2,
    );
    const values = asFloats(got);
    expect(Array.from({ length: n }, (_, i) => values[2 * i])).toEqual(Array.from(uniform(key, n, 3)));
    const open = Array.from({ length: n }, (_, i) => (i < 2 ? openUniform(i * 0xffffffff) : openUniform(threefry2x32(key, [i, 3])[0])));
    expect(Array.from({ length: n }, (_, i) => values[2 * i + 1])).toEqual(open);
    expect(values[1]).toBe(2 ** -24);
    expect(values[3]).toBe(1 - 2 ** -24);
  });

  it("gives the host's normals, in uncorrelated pairs of the right variance", async () => {
    const got = asFloats(
      await gpu.run(
        library,
        `let key = vec2u(inputs[0], inputs[1]);
         let pair = standardNormalPair(key, vec2u(i, 5u));
         output[3 * i] = bitcast<u32>(standardNormal(key, vec2u(i, 5u))); output[3 * i + 1] = bitcast<u32>(pair.x); output[3 * i + 2] = bitcast<u32>(pair.y);`,
        keyWords, 16 * n, 3,
      ),
    );
    const count = 16 * n;
    const column = (c: number): Float32Array => Float32Array.from({ length: count }, (_, i) => got[3 * i + c]);
    expectClose(column(0), normal(key, count, 5), { rtol: 1e-6, atol: 1e-6 });
    expect(column(1)).toEqual(column(0));
    let product = 0;
    let square = 0;
    column(2).forEach((y, i) => {
      product += (got[3 * i] * y) / count;
      square += y ** 2 / count;
    });
    // Five standard errors: var(xy) = 1, var(y^2) = 2.
    expect(Math.abs(product)).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(square - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  });

  it("permutes as the host does, at sizes around powers of two", async () => {
    for (const size of [1, 2, 3, 5, 16, 17, 1000]) {
      const got = await gpu.run(library, `output[i] = permutedIndex(vec2u(inputs[0], inputs[1]), i, ${size}u);`, keyWords, size);
      expect(Array.from(got)).toEqual(Array.from(permutation(key, size)));
    }
    const largest = 2 ** 32 - 1;
    const got = await gpu.run(library, `output[i] = permutedIndex(vec2u(inputs[0], inputs[1]), i, ${largest}u);`, keyWords, 64);
    expect(Array.from(got)).toEqual(Array.from({ length: 64 }, (_, i) => permutedIndex(key, i, largest)));
  });
});
