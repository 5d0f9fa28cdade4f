import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gunzip, gzip, isIdx, readIdx, readIdxImages, readIdxLabels } from "../../../src/data/index.ts";
import { idxBytes } from "./idx-bytes.ts";
import { mnistFolder } from "./mnist.ts";
import { message } from "../table-error-of.ts";
import { itShared } from "../../shared.ts";

const counting = (n: number): number[] => Array.from({ length: n }, (_, i) => i % 256);

describe("IDX files", () => {
  it("of bytes give shape and values, wherever they start in a buffer", () => {
    const bytes = idxBytes(8, [2, 3, 5], counting(30));
    expect(readIdx(bytes)).toEqual({ dims: [2, 3, 5], values: Uint8Array.from(counting(30)) });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(readIdx(shifted.subarray(3)).values).toEqual(Uint8Array.from(counting(30)));
    expect(isIdx(bytes)).toBe(true);
    expect(isIdx(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).toBe(false);
  });

  it("of every type are big-endian", () => {
    expect(Array.from(readIdx(idxBytes(0x09, [2], [0xff, 0x7f])).values)).toEqual([-1, 127]);
    expect(Array.from(readIdx(idxBytes(0x0b, [2], [0xff, 0xfe, 0x01, 0x00])).values)).toEqual([-2, 256]);
    expect(Array.from(readIdx(idxBytes(0x0c, [1], [0, 1, 0, 0])).values)).toEqual([65536]);
    expect(Array.from(readIdx(idxBytes(0x0d, [1], [0x3f, 0xc0, 0, 0])).values)).toEqual([1.5]);
    expect(Array.from(readIdx(idxBytes(0x0e, [1], [0xc0, 0x04, 0, 0, 0, 0, 0, 0])).values)).toEqual([-2.5]);
  });

  it("with channels may hold them first or last", () => {
    const first = readIdxImages(idxBytes(8, [2, 3, 2, 5], counting(60)));
    expect(first).toMatchObject({ count: 2, height: 2, width: 5, channels: 3 });
    expect(Array.from(first.pixels)).toEqual(counting(60));
    const last = readIdxImages(idxBytes(8, [1, 2, 2, 3], counting(12)));
    expect(last).toMatchObject({ count: 1, height: 2, width: 2, channels: 3 });
    expect(Array.from(last.pixels)).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
    expect(readIdxImages(idxBytes(8, [2, 7, 5, 1], counting(70)))).toMatchObject({ count: 2, height: 7, width: 5, channels: 1 });
  });

  it("go through gzip", async () => {
    const bytes = idxBytes(8, [3], [7, 8, 9]);
    const labels = readIdxLabels(await gunzip(await gzip(bytes)));
    expect([0, 1, 2].map((row) => labels.cell(row, 0))).toEqual(["7", "8", "9"]);
  });

  it("of MNIST are read whole", () => {
    const digits = readIdxImages(readFileSync(`${mnistFolder()}/t10k-images-idx3-ubyte`));
    expect(digits).toMatchObject({ count: 10000, height: 28, width: 28, channels: 1 });
    const labels = readIdxLabels(readFileSync(`${mnistFolder()}/t10k-labels-idx1-ubyte`));
    expect([0, 1, 2, 3].map((row) => labels.cell(row, 0))).toEqual(["7", "2", "1", "0"]);
  });

  itShared("of two other sets are read whole", async () => {
    const clothes = readIdxImages(await gunzip(readFileSync("../shared/data/fashion_mnist/t10k-images-idx3-ubyte.gz")));
    expect(clothes).toMatchObject({ count: 10000, height: 28, width: 28 });
    const faces = readIdxImages(await gunzip(readFileSync("../shared/data/olivetti_faces/faces-images-idx3-ubyte.gz")));
    expect(faces).toMatchObject({ count: 400, height: 64, width: 64, channels: 1 });
  });
});

describe("IDX files that cannot be used", () => {
  const images = (bytes: Uint8Array): string => message(() => readIdxImages(bytes, "digits"));
  it("empty", () => expect(images(new Uint8Array(0))).toMatchInlineSnapshot(`"digits: expected an IDX file, got 0 bytes; get the file again."`));
  it("another format", () => expect(images(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1))).toMatchInlineSnapshot(`"digits: expected an IDX file, which starts with 00 00, a type (08, 09, 0b to 0e) and the number of dimensions; got 89 50 4e 47. Is it another format?"`));
  it("an unknown type", () => expect(images(Uint8Array.of(0, 0, 0x0a, 1, 0, 0, 0, 0))).toMatchInlineSnapshot(`"digits: expected an IDX file, which starts with 00 00, a type (08, 09, 0b to 0e) and the number of dimensions; got 00 00 0a 01. Is it another format?"`));
  it("no dimensions", () => expect(images(Uint8Array.of(0, 0, 8, 0, 1))).toMatchInlineSnapshot(`"digits: expected an IDX file, which starts with 00 00, a type (08, 09, 0b to 0e) and the number of dimensions; got 00 00 08 00. Is it another format?"`));
  it("cut off in the header", () => expect(images(idxBytes(8, [2, 3, 4], []).subarray(0, 9))).toMatchInlineSnapshot(`"digits: the file ends inside its header: 3 dimensions need 16 bytes, got 9; get the file again."`));
  it("cut off", () => expect(images(idxBytes(8, [2, 3, 4], counting(20)))).toMatchInlineSnapshot(`"digits: the file is cut off: [2, 3, 4] values need 40 bytes, got 36; get the file again."`));
  it("too long", () => expect(images(idxBytes(8, [2, 3, 4], counting(25)))).toMatchInlineSnapshot(`"digits: the file is too long: [2, 3, 4] values need 40 bytes, got 41; get the file again."`));
  it("sizes beyond all memory", () => expect(images(idxBytes(8, [4294967295, 4294967295, 4294967295], [1]))).toMatchInlineSnapshot(`"digits: the file is cut off: [4294967295, 4294967295, 4294967295] values need 7.9228162458924105e+28 bytes, got 17; get the file again."`));
  it("labels in place of pictures", () => expect(images(idxBytes(8, [3], [1, 2, 3]))).toMatchInlineSnapshot(`"digits: expected pictures, [N, H, W], got 3 single values; are these the labels?"`));
  it("pictures in place of labels", () => expect(message(() => readIdxLabels(idxBytes(8, [1, 1, 2], [1, 2]), "labels"))).toMatchInlineSnapshot(`"labels: expected labels, one value a picture, got [1, 1, 2] values; are these the pictures?"`));
  it("pixels that are no bytes", () => expect(images(idxBytes(0x0b, [1, 1, 1], [0, 1]))).toMatchInlineSnapshot(`"digits: expected pictures as bytes (type 08), got Int16 values; convert them to 0..255."`));
  it("two dimensions", () => expect(images(idxBytes(8, [2, 2], counting(4)))).toMatchInlineSnapshot(`"digits: expected pictures [N, H, W], [N, C, H, W] or [N, H, W, C] with 1 or 3 channels, got [2, 2]."`));
  it("five channels", () => expect(images(idxBytes(8, [1, 5, 2, 2], counting(20)))).toMatchInlineSnapshot(`"digits: expected pictures [N, H, W], [N, C, H, W] or [N, H, W, C] with 1 or 3 channels, got [1, 5, 2, 2]."`));
  it("no picture", () => expect(images(idxBytes(8, [0, 28, 28], []))).toMatchInlineSnapshot(`"digits: expected at least one picture of at least one pixel, got [0, 28, 28]."`));
});
