import { describe, expect, it } from "vitest";
import { codeTable, decodeValue, formatSchema, formatValue, inferSchema, parseSchema, parseTable, writeTable, type Column } from "../../src/data/index.ts";
import { readValue } from "../../src/data/coding/read-value.ts";
import { dayBegin } from "../../src/data/schema/circles.ts";

const clock = (minutes: number): string => `${String(Math.floor((minutes % 1440) / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
/** Arrivals of a night: from 21:00 to 03:00, some missing. */
const arrivals = Array.from({ length: 120 }, (_, i) => 21 * 60 + ((i * 77) % 360));
const table = parseTable(`arrived,load\n${arrivals.map((minutes, i) => `${i % 10 === 3 ? "" : clock(minutes)},${(i % 17) + 0.5}\n`).join("")}`);
const schema = inferSchema(table, { targets: [] });
const column = schema.columns[0];

describe("times around midnight", () => {
  it("the day begins where fewest times are, the middle of the longest pause", () => {
    expect(dayBegin(arrivals)).toBe(12 * 60);
    expect(dayBegin([9 * 60, 12 * 60, 17 * 60])).toBeUndefined();
    expect(dayBegin(Array.from({ length: 1440 }, (_, i) => i))).toBeUndefined();
    // a busy evening, a few in the small hours: the quietest hours are before dawn
    expect(dayBegin([...arrivals, 4 * 60, 5 * 60, 7 * 60, 8 * 60, 9 * 60, 10 * 60, 11 * 60, 12 * 60, 13 * 60, 14 * 60, 15 * 60, 16 * 60, 17 * 60, 18 * 60, 19 * 60, 20 * 60])).toBe(7 * 60);
  });

  it("are near each other in the model and one stretch", () => {
    expect(column).toMatchObject({ type: "bounded", bounds: [720, 720 + 1439], format: { date: "HH:mm", turn: 720 } });
    expect(column.range).toEqual([21 * 60, 21 * 60 + 358]);
    const { x, observedX } = codeTable(table, schema);
    // coded values rise with the time since 21:00
    const seen = arrivals.map((minutes, i) => ({ minutes, coded: x[2 * i] })).filter((_, i) => observedX[2 * i] === 1).sort((a, b) => a.minutes - b.minutes);
    expect(seen).toHaveLength(108);
    for (let i = 1; i < seen.length; i++) expect(seen[i].coded).toBeGreaterThanOrEqual(seen[i - 1].coded);
    const codeOf = (text: string): number => (readValue(text, column) as { value: number }).value;
    expect(codeOf("00:10") - codeOf("23:50")).toBeGreaterThan(0);
    expect(codeOf("00:10") - codeOf("23:50")).toBeLessThan(0.3);
  });

  it("are written as times of a day", () => {
    expect([1435, 1440, 1450, 1620].map((minutes) => formatValue(column, minutes))).toEqual(["23:55", "00:00", "00:10", "03:00"]);
    expect(formatValue(column, decodeValue(column, 0))).toMatch(/^(23:|00:)/);
    const filled = writeTable(table, (row, at) => (table.isMissing(row, at) ? formatValue(column, 1450) : undefined));
    expect(filled.split("\n")[4]).toMatch(/^00:10,/);
  });

  it("of a later table that writes them otherwise are read alike, and the schema file keeps where the day begins", () => {
    const read = parseSchema(formatSchema(schema));
    expect(read).toEqual(schema);
    const later = parseTable(`arrived,load\n${arrivals.map((minutes) => `${clock(minutes)}:00,1.5\n`).join("")}`);
    const ours = codeTable(later, read);
    const expected = codeTable(parseTable(`arrived,load\n${arrivals.map((minutes) => `${clock(minutes)},1.5\n`).join("")}`), schema);
    expect(ours.x).toEqual(expected.x);
    expect(ours.warnings).toEqual([expect.stringContaining("HH:mm:ss")]);
    const bad = (turn: unknown, date = "HH:mm"): string => formatSchema({ ...schema, columns: [{ ...column, format: { date, turn: turn as number } }, schema.columns[1]] });
    expect(() => parseSchema(bad(1440))).toThrow("expected format.turn to be minutes after midnight, above 0 and below 1440, of a column of times, got 1440.");
    expect(() => parseSchema(bad(60, "yyyy-MM-dd"))).toThrow("expected format.turn");
  });
});

describe("whole numbers that go round", () => {
  const typeOf = (name: string, of: number, from: number, rows: number): Column["type"] => inferSchema(parseTable(`${name},x\n${Array.from({ length: rows }, (_, i) => `${from + ((i * 5) % of)},${i}.5\n`).join("")}`), { targets: [] }).columns[0].type;
  it("are levels without an order where they are seen often", () => {
    expect(["month", "Month", "birth_month", "birthMonth"].map((name) => typeOf(name, 12, 1, 240))).toEqual(Array(4).fill("categorical"));
    expect([typeOf("weekday", 7, 0, 200), typeOf("dow", 7, 1, 200), typeOf("hour", 24, 0, 480)]).toEqual(Array(3).fill("categorical"));
  });
  it("and not where they are few, go farther, or have another name", () => {
    expect([typeOf("month", 12, 1, 60), typeOf("months", 36, 1, 720), typeOf("rank", 12, 1, 240), typeOf("weekdays_absent", 7, 0, 200)]).toEqual(["positive", "positive", "positive", "ordinal"]);
  });
});
