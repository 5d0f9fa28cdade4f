import { describe, expect, it } from "vitest";
import { inferSchema, parseTable } from "../../src/data/index.ts";
import { keyReason, suspiciousValues } from "../../src/data/schema/suspicious.ts";

const found = (...numbers: number[]): number[] => suspiciousValues(numbers).map(({ value }) => value);
const upTo = (n: number, value: (i: number) => number = (i) => i): number[] => Array.from({ length: n }, (_, i) => value(i));

describe("codes for missing", () => {
  it("are repeated and far outside the rest", () => {
    expect(found(21, 45, 79, -999, -999)).toEqual([-999]);
    expect(found(21, 45, 79, 999, 999, -99, -99)).toEqual([999, -99]);
    expect(found(1, 2, 5, 4, 9, 9)).toEqual([9]);
  });
  it("are not suspected once, among the rest, or near them", () => {
    expect(found(21, 45, 79, -999)).toEqual([]);
    expect(found(21, 45, 120, 99, 99)).toEqual([]);
    expect(found(1, 2, 3, 4, 5, 6, 7, 7, 9, 9)).toEqual([]);
    expect(found(-20, 5, 12, -9, -9)).toEqual([]);
    expect(found(99, 99, 99)).toEqual([]);
  });
  it("below 0 need not be far where all else is positive", () => expect(found(20, 60, 80, -9, -9)).toEqual([-9]));
});

describe("keys", () => {
  it("are whole numbers that never repeat, by their name", () => {
    for (const name of ["id", "ID", "patient_id", "patientId", "Row", "record no"]) expect(keyReason(name, upTo(30, (i) => 17 * i + 3), 30, 2), name).toBe("an identifier: whole numbers that never repeat");
    for (const name of ["paid", "age", "video", "price"]) expect(keyReason(name, upTo(30, (i) => 17 * i + 3), 30, 2), name).toBeUndefined();
    expect(keyReason("id", [...upTo(30), 3], 31, 0)).toBeUndefined();
    expect(keyReason("id", upTo(30, (i) => i / 2), 30, 0)).toBeUndefined();
  });
  it("or the first column where it counts the rows; years do not", () => {
    expect(keyReason("n", upTo(30, (i) => i + 1), 30, 0)).toBe("it counts the rows");
    expect(keyReason("n", upTo(30, (i) => i + 1), 30, 1)).toBeUndefined();
    expect(keyReason("year", upTo(30, (i) => i), 30, 0)).toBeUndefined();
  });
  it("are targets where the user says so, and features with a type", () => {
    const table = parseTable(`id,a\n${upTo(30).map((i) => `${i},${i % 7}.5`).join("\n")}\n`);
    expect(inferSchema(table, { targets: [] }).columns[0]).toMatchObject({ role: "ignore", reason: "an identifier: whole numbers that never repeat" });
    expect(inferSchema(table, { targets: ["id"] }).columns[0]).toMatchObject({ role: "target", type: "positive" });
    expect(inferSchema(table, { targets: [], types: { id: "positive" } }).columns[0]).toMatchObject({ role: "feature", type: "positive" });
  });
});

it("folds of one table have the same features: a column that is constant in the training rows alone stays", () => {
  const table = parseTable(`a,b\n${upTo(40).map((i) => `${i < 30 ? 7 : i},${i}.5`).join("\n")}\n`);
  expect(inferSchema(table, { targets: [], rows: upTo(30) }).columns[0]).toMatchObject({ role: "feature" });
});
