import { describe, expect, it } from "vitest";
import { datePattern, isDatePattern, readDate, writeDate } from "../../../src/data/cells/dates.ts";

const patternOf = (...texts: string[]): string | undefined => datePattern(new Map(texts.map((text) => [text, 1])))?.pattern;

describe("dates", () => {
  it("are days since 1970-01-01, with a fraction for the time", () => {
    expect(readDate("1970-01-01", "yyyy-MM-dd")).toBe(0);
    expect(readDate("2024-02-29", "yyyy-MM-dd")).toBe(Date.UTC(2024, 1, 29) / 86_400_000);
    expect(readDate("1970-01-02 06:00", "yyyy-MM-dd HH:mm")).toBe(1.25);
    expect(readDate("0045-03-15", "yyyy-MM-dd")).toBeLessThan(-700_000);
  });
  it("that no calendar has are none", () => {
    for (const text of ["2023-02-29", "2024-13-01", "2024-00-10", "2024-01-32", "24-01-01", "2024-01-01x", ""]) expect(readDate(text, "yyyy-MM-dd"), text).toBeUndefined();
    expect(readDate("2024-01-01 24:00", "yyyy-MM-dd HH:mm")).toBeUndefined();
    expect(readDate("01-Foo-2024", "dd-MMM-yyyy")).toBeUndefined();
  });
  it.each([
    [["2024-01-31", "2023-12-01"], "yyyy-MM-dd"], [["31/01/2024", "01/12/2023"], "dd/MM/yyyy"], [["01/31/2024", "12/01/2023"], "MM/dd/yyyy"], [["31.1.2024", "1.12.2023"], "d.M.yyyy"], [["1/31/2024", "12/1/2023"], "M/d/yyyy"],
    [["31-Jan-2024"], "dd-MMM-yyyy"], [["5 Jan 2024"], "d MMM yyyy"], [["January 5, 2024", "May 31, 2024"], "MMMM d, yyyy"], [["2024-01-31T23:59:59Z"], "yyyy-MM-ddTHH:mm:ssZ"], [["2024-01-31 23:59:59.250"], "yyyy-MM-dd HH:mm:ss.SSS"], [["31.01.24"], "dd.MM.yy"],
    [["1.5", "2.5"], undefined], [["12:30"], undefined], [["a"], undefined],
  ])("%j are written as %j", (texts, pattern) => expect(patternOf(...texts)).toBe(pattern));
  it("that two patterns read alike are said to be so", () => expect(datePattern(new Map([["03/04/2024", 1]]))).toMatchObject({ pattern: "dd/MM/yyyy", other: "MM/dd/yyyy" }));
  it("come back as they were written, whatever the pattern, for 3,000 days", () => {
    for (const pattern of ["yyyy-MM-dd", "dd/MM/yyyy", "M/d/yyyy", "dd.MM.yy", "dd-MMM-yyyy", "MMMM d, yyyy", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss.SSSZ"])
      for (let day = 0; day < 3000; day++) {
        const days = 7 * day + (pattern.includes("H") ? 0.25 : 0);
        expect(readDate(writeDate(days, pattern), pattern), `${pattern} ${days}`).toBe(days);
      }
  });
  it("are rounded to what the pattern says", () => expect([writeDate(0.4, "yyyy-MM-dd"), writeDate(0.6, "yyyy-MM-dd"), writeDate(0.5001, "HH:mm")]).toEqual(["1970-01-01", "1970-01-02", "12:00"]));
  it("need a year, a month and a day in their pattern", () => expect(["yyyy-MM-dd", "dd MMMM yy", "HH:mm", "yyyy-MM", "yyyy-MM-dd-dd", ""].map(isDatePattern)).toEqual([true, true, false, false, false, false]));
});
