import { describe, expect, it } from "vitest";
import { readMarked, spelledNumber, writeMarked } from "../../../src/data/cells/marked-number.ts";

describe("numbers with marks", () => {
  it.each<[string, "." | ",", number | undefined]>([
    ["1,234.56", ".", 1234.56], ["1.234,56", ",", 1234.56], ["1'234.56", ".", 1234.56], ["1 234,5", ",", 1234.5], ["1\u00a0234", ".", 1234], ["12,345,678", ".", 12_345_678],
    ["22,3", ",", 22.3], ["22,3", ".", undefined], ["1.5", ",", undefined], ["1.234", ",", 1234], ["1.234", ".", 1.234], ["1,23,456", ".", undefined], ["0,123", ".", undefined],
    ["$12.50", ".", 12.5], ["-$3", ".", -3], ["$-3", ".", -3], ["-$-3", ".", undefined], ["€ 1.234,5", ",", 1234.5], ["12 USD", ".", 12], ["33%", ".", 33], ["7,5 %", ",", 7.5],
    ["1e5", ".", 1e5], ["1,5e-3", ",", 0.0015], ["+4", ".", 4], [".5", ".", 0.5], ["5.", ".", 5], ["", ".", undefined], ["-", ".", undefined], ["12.5O", ".", undefined], ["1 2", ".", undefined], ["1e999", ".", undefined],
  ])("%j with the mark %j is %j", (text, mark, value) => expect(spelledNumber(text, mark)?.value).toBe(value));
  it("a column's signs are on all of its numbers: 5 is no percentage", () => {
    expect(readMarked("5", { suffix: "%" })).toBeUndefined();
    expect(readMarked("5%", {})).toBeUndefined();
    expect(readMarked("5 %", { suffix: "%" })?.value).toBe(5);
  });
  it("are written as they are read", () => {
    for (const marks of [{}, { decimal: "," as const }, { decimal: "," as const, thousands: "." }, { thousands: "'" }, { prefix: "$" }, { thousands: ",", prefix: "€ " }, { decimal: "," as const, suffix: " %" }])
      for (const digits of ["0", "7.5", "-7.50", "1234", "1234567.125", "-999999"]) {
        const text = writeMarked(digits, marks);
        expect(readMarked(text, marks), `${digits} as ${text}`).toMatchObject({ value: Number(digits), decimals: (digits.split(".")[1] ?? "").length });
      }
    expect([writeMarked("1234567.5", { decimal: ",", thousands: "." }), writeMarked("-1234", { prefix: "$", thousands: "," })]).toEqual(["1.234.567,5", "-$1,234"]);
  });
});
