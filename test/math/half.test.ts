import { expect, it } from "vitest";
import { halfToNumber, numberToHalf } from "../../src/math/half.ts";

const finite = Array.from({ length: 0x7c00 }, (_, bits) => bits);

it("every finite half comes back from its number", () => {
  expect(finite.filter((bits) => numberToHalf(halfToNumber(bits)) !== bits)).toEqual([]);
  expect(finite.filter((bits) => numberToHalf(-halfToNumber(bits)) !== (bits | 0x8000))).toEqual([]);
});

it("numbers between halves go to the nearest, half-way ones to the even", () => {
  for (const bits of finite.slice(0, -1)) {
    const [low, high] = [halfToNumber(bits), halfToNumber(bits + 1)];
    expect(numberToHalf(low + (high - low) * 0.49)).toBe(bits);
    expect(numberToHalf(low + (high - low) * 0.51)).toBe(bits + 1);
    expect(numberToHalf((low + high) / 2)).toBe(bits + (bits % 2));
  }
});

it("what is too large becomes infinity, NaN stays NaN", () => {
  expect([65_504, 65_519.9, 65_520, 1e9, Infinity, -Infinity].map(numberToHalf)).toEqual([0x7bff, 0x7bff, 0x7c00, 0x7c00, 0x7c00, 0xfc00]);
  expect(halfToNumber(numberToHalf(NaN))).toBeNaN();
});
