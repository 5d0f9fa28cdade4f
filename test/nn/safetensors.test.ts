import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ModelFileError } from "../../src/nn/model-file-error.ts";
import { readSafetensors, writeSafetensors } from "../../src/nn/safetensors.ts";
import { itShared } from "../shared.ts";

/** A file with the given header, written by hand, and zeros as data. */
function fileWith(header: unknown, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (offsets: unknown, shape: unknown = [2], dtype: unknown = "F32"): unknown => ({ dtype, shape, data_offsets: offsets });

function messageFor(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes, "w.safetensors");
  } catch (error) {
    expect(error).toBeInstanceOf(ModelFileError);
    return (error as Error).message;
  }
  return expect.fail("the file was read");
}

describe("writeSafetensors and readSafetensors", () => {
  it("give back every type, shape, name and metadata", () => {
    const tensors = {
      "a/float": { shape: [2, 3], data: Float32Array.of(1.5, -0, NaN, Infinity, 1e-45, 3.4e38) },
      double: { shape: [2], data: Float64Array.of(Math.PI, -5e-324) },
      int: { shape: [2, 1], data: Int32Array.of(-(2 ** 31), 7) },
      long: { shape: [1], data: BigInt64Array.of(-(2n ** 63n)) },
      unsigned: { shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
      byte: { shape: [3], data: Uint8Array.of(0, 128, 255) },
      flag: { shape: [3], data: Uint8Array.of(0, 1, 1), dtype: "BOOL" as const },
      short: { shape: [1], data: Int16Array.of(-3) },
      scalar: { shape: [], data: Float32Array.of(4) },
      empty: { shape: [0, 5], data: new Float32Array(0) },
      'quoted "name" \u00e9 \u4e2d': { shape: [1], data: Float32Array.of(1) },
      "12": { shape: [1], data: Float32Array.of(12) },
    };
    const metadata = { format: "hhvaem", note: 'a "quoted"\nline' };
    const file = readSafetensors(writeSafetensors(tensors, metadata));
    expect(file.metadata).toEqual(metadata);
    expect([...file.tensors.keys()].sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      expect(file.tensors.get(name)!.shape).toEqual(shape);
      expect(file.tensors.get(name)!.data).toEqual(data);
    }
    expect(file.tensors.get("flag")!.dtype).toBe("BOOL");
    expect(file.tensors.get("byte")!.dtype).toBe("U8");
  });

  it("write the same bytes whatever the order of the tensors, each aligned to its elements", () => {
    const a = { shape: [3], data: Uint8Array.of(1, 2, 3) };
    const b = { shape: [1], data: Float64Array.of(1) };
    const c = { shape: [3], data: Float32Array.of(1, 2, 3) };
    const bytes = writeSafetensors({ a, b, c });
    expect(writeSafetensors(new Map(Object.entries({ c, b, a })))).toEqual(bytes);
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerLength % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
    expect(header).toEqual({
      b: { dtype: "F64", shape: [1], data_offsets: [0, 8] },
      c: { dtype: "F32", shape: [3], data_offsets: [8, 20] },
      a: { dtype: "U8", shape: [3], data_offsets: [20, 23] },
    });
  });

  it("write views into larger arrays, and read from an unaligned place", () => {
    const view = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const bytes = writeSafetensors({ view: { shape: [2], data: view } });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(Array.from(readSafetensors(shifted.subarray(3)).tensors.get("view")!.data as Float32Array)).toEqual([1, 2]);
  });

  it("write and read a file without tensors", () => {
    expect(readSafetensors(writeSafetensors({})).tensors.size).toBe(0);
  });

  it("widen F16 and BF16", () => {
    const bytes = fileWith({ h: entry([0, 14], [7], "F16"), b: entry([14, 20], [3], "BF16") }, 20);
    const view = new DataView(bytes.buffer, bytes.length - 20);
    // 1, -2, 65504, the smallest subnormal, -Infinity, NaN, -0; then 1, -2 and pi rounded to bfloat16.
    [0x3c00, 0xc000, 0x7bff, 0x0001, 0xfc00, 0x7e00, 0x8000, 0x3f80, 0xc000, 0x4049].forEach((bits, i) => view.setUint16(2 * i, bits, true));
    const { tensors } = readSafetensors(bytes);
    expect(tensors.get("h")!.data).toEqual(Float32Array.of(1, -2, 65504, 2 ** -24, -Infinity, NaN, -0));
    expect(tensors.get("b")!.data).toEqual(Float32Array.of(1, -2, 3.140625));
  });

  itShared("read a file that another program wrote", () => {
    const file = readSafetensors(readFileSync("../shared/reference/boston-hhvaem.safetensors"));
    expect(JSON.parse(file.metadata.config)).toMatchObject({ latent_dims: [10, 5], variance: 0.1, T: 10, L: 5 });
    expect(file.tensors.get("weights/encoder/input/0/kernel")!.shape).toEqual([28, 256]);
    const x = file.tensors.get("in/x")!;
    expect([x.dtype, ...x.shape]).toEqual(["F32", 51, 13]);
    // Boston's thirteenth column is a percentage, its fourth is 0 or 1.
    for (let row = 0; row < 51; row++) {
      const [river, percentage] = [x.data[13 * row + 3] as number, x.data[13 * row + 12] as number];
      expect(river === 0 || river === 1).toBe(true);
      expect(percentage > 0 && percentage < 100).toBe(true);
    }
    const rewritten = readSafetensors(writeSafetensors(file.tensors, file.metadata));
    expect(rewritten.metadata).toEqual(file.metadata);
    expect([...rewritten.tensors.keys()]).toEqual([...file.tensors.keys()].sort());
    for (const [name, { shape, data }] of file.tensors) {
      expect(rewritten.tensors.get(name)!.shape).toEqual(shape);
      expect(Buffer.compare(new Uint8Array(rewritten.tensors.get(name)!.data.buffer), new Uint8Array(data.buffer))).toBe(0);
    }
  });

  it("refuse to write a shape that does not match, and the reserved name", () => {
    expect(() => writeSafetensors({ a: { shape: [2, 2], data: new Float32Array(3) } })).toThrowErrorMatchingInlineSnapshot(`[RangeError: [writeSafetensors] tensor "a": expected 4 elements for shape [2, 2] and a name other than "__metadata__", got 3 elements.]`);
    expect(() => writeSafetensors({ __metadata__: { shape: [1], data: new Float32Array(1) } })).toThrow(RangeError);
  });
});

describe("a malformed weight file", () => {
  const whole = writeSafetensors({ a: { shape: [2], data: new Float32Array(2) }, b: { shape: [4], data: new Uint8Array(4) } }, { version: "1" });

  it("cut at any byte is refused", () => {
    for (let length = 0; length < whole.length; length++) messageFor(whole.subarray(0, length));
    expect(readSafetensors(whole).tensors.size).toBe(2);
  });

  const oversized = (length: bigint): Uint8Array => {
    const bytes = fileWith({}, 0);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return bytes;
  };
  const cases: Record<string, Uint8Array> = {
    "no bytes": new Uint8Array(0),
    "another format": new TextEncoder().encode("PK\u0003\u0004 a zip archive, not weights"),
    "a header longer than the file": oversized(5000n),
    "a header past the limit": oversized(2n ** 63n),
    "a header that is no JSON": fileWith("{not json}", 0),
    "a header that is an array": fileWith("[1, 2]", 0),
    "invalid UTF-8": (() => {
      const bytes = fileWith('{"a": "?"}', 0);
      bytes[15] = 0xff;
      return bytes;
    })(),
    "an entry that is a number": fileWith({ a: 1 }, 8),
    "an unknown dtype": fileWith({ a: entry([0, 8], [2], "F8_E5M2") }, 8),
    "a dtype from Object.prototype": fileWith({ a: entry([0, 8], [2], "toString") }, 8),
    "no shape": fileWith({ a: { dtype: "F32", data_offsets: [0, 8] } }, 8),
    "a negative size": fileWith({ a: entry([0, 8], [-2]) }, 8),
    "a fractional size": fileWith({ a: entry([0, 8], [1.5]) }, 8),
    "a size too large to count": fileWith({ a: entry([0, 8], [2 ** 40, 2 ** 40]) }, 8),
    "a negative offset": fileWith({ a: entry([-8, 0]) }, 8),
    "three offsets": fileWith({ a: entry([0, 4, 8]) }, 8),
    "descending offsets": fileWith({ a: entry([8, 0]) }, 8),
    "an offset past the end": fileWith({ a: entry([0, 8]) }, 4),
    "fewer bytes than the shape needs": fileWith({ a: entry([0, 4]) }, 4),
    "an overlap": fileWith({ a: entry([0, 8]), b: entry([4, 12]) }, 12),
    "the same bytes twice": fileWith({ a: entry([0, 8]), b: entry([0, 8]) }, 8),
    "a gap": fileWith({ a: entry([0, 8]), b: entry([12, 20]) }, 20),
    "bytes after the last tensor": fileWith({ a: entry([0, 8]) }, 9),
    "metadata that is no string": fileWith({ __metadata__: { version: 1 }, a: entry([0, 8]) }, 8),
    "metadata that is a string": fileWith({ __metadata__: "x", a: entry([0, 8]) }, 8),
  };

  it("says where, what was expected, what came and what to do", () => {
    const messages = Object.fromEntries(Object.entries(cases).map(([name, bytes]) => [name, messageFor(bytes)]));
    for (const message of Object.values(messages)) expect(message).toMatch(/^w\.safetensors, .+: expected .+, got .+; .+\.$/s);
    expect(messages).toMatchInlineSnapshot(`
      {
        "a dtype from Object.prototype": "w.safetensors, tensor "a": expected a dtype among F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, got "toString"; convert the tensor to one of these.",
        "a fractional size": "w.safetensors, tensor "a": expected a shape of non-negative integers, got [1.5]; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "a gap": "w.safetensors, tensor "b": expected its data to begin at byte 8, where the tensor before it ends, got byte 12 (a gap); this is no safetensors file, or it is damaged: check the path, or save it again.",
        "a header longer than the file": "w.safetensors, header: expected 5000 bytes, got only 2 to the end of the file; the file is incomplete: copy or save it again.",
        "a header past the limit": "w.safetensors, header: expected a header of 2 to 100000000 bytes, got a length of 9223372036854776000; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "a header that is an array": "w.safetensors, header: expected "{" as its first byte, got byte 91; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "a header that is no JSON": "w.safetensors, header: expected JSON in UTF-8, got text that does not parse; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "a negative offset": "w.safetensors, tensor "a": expected data_offsets of two non-negative integers, got [-8,0]; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "a negative size": "w.safetensors, tensor "a": expected a shape of non-negative integers, got [-2]; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "a size too large to count": "w.safetensors, tensor "a": expected 4.835703278458517e+24 bytes for F32 of shape [1099511627776,1099511627776], got 8; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "an entry that is a number": "w.safetensors, tensor "a": expected an object with dtype, shape and data_offsets, got 1; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "an offset past the end": "w.safetensors, tensor "a": expected data up to byte 8, got a file whose data ends at 4; the file is incomplete: copy or save it again.",
        "an overlap": "w.safetensors, tensor "b": expected its data to begin at byte 8, where the tensor before it ends, got byte 4 (an overlap); this is no safetensors file, or it is damaged: check the path, or save it again.",
        "an unknown dtype": "w.safetensors, tensor "a": expected a dtype among F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, got "F8_E5M2"; convert the tensor to one of these.",
        "another format": "w.safetensors, header: expected a header of 2 to 100000000 bytes, got a length of 8800140462016122000; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "bytes after the last tensor": "w.safetensors, data: expected 8 bytes, got 9; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "descending offsets": "w.safetensors, tensor "a": expected data_offsets in ascending order, got [8,0]; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "fewer bytes than the shape needs": "w.safetensors, tensor "a": expected 8 bytes for F32 of shape [2], got 4; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "invalid UTF-8": "w.safetensors, header: expected JSON in UTF-8, got text that does not parse; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "metadata that is a string": "w.safetensors, __metadata__: expected an object of strings, got "x"; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "metadata that is no string": "w.safetensors, __metadata__: expected an object of strings, got {"version":1}; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "no bytes": "w.safetensors, header: expected at least the 8 bytes of the header's length, got a file of 0 bytes; the file is incomplete: copy or save it again.",
        "no shape": "w.safetensors, tensor "a": expected a shape of non-negative integers, got nothing; this is no safetensors file, or it is damaged: check the path, or save it again.",
        "the same bytes twice": "w.safetensors, tensor "b": expected its data to begin at byte 8, where the tensor before it ends, got byte 0 (an overlap); this is no safetensors file, or it is damaged: check the path, or save it again.",
        "three offsets": "w.safetensors, tensor "a": expected data_offsets of two non-negative integers, got [0,4,8]; this is no safetensors file, or it is damaged: check the path, or save it again.",
      }
    `);
  });
});
