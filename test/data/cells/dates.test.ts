import { describe, expect, it } from "vitest";
import { datePattern } from "../../../src/data/cells/date-patterns.ts";
import { isDatePattern, lastTime, readDate, writeDate } from "../../../src/data/cells/dates.ts";

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
    [["1.5", "2.5"], undefined], [["12:30"], "HH:mm"], [["9:30:15", "12:05:00"], "H:mm:ss"], [["09:30 AM", "01:15 PM"], "hh:mm a"], [["9:30 PM"], "h:mm a"], [["18.00.00"], "HH.mm.ss"], [["3/13/2025 23:03:00", "12/1/2025 8:05:00"], "M/d/yyyy H:mm:ss"], [["03/13/2025 11:03:00 PM"], "MM/dd/yyyy hh:mm:ss a"],
    [["1949-01", "1949-12"], "yyyy-MM"], [["Aug 1 2004"], "MMM d yyyy"], [["2024-01-31 23:59:59 UTC"], "yyyy-MM-dd HH:mm:ss UTC"], [["25:30"], undefined], [["13:00 PM"], undefined], [["a"], undefined],
  ])("%j are written as %j", (texts, pattern) => expect(patternOf(...texts)).toBe(pattern));
  it("that two patterns read alike are said to be so", () => expect(datePattern(new Map([["03/04/2024", 1]]))).toMatchObject({ pattern: "dd/MM/yyyy", other: "MM/dd/yyyy" }));
  it("come back as they were written, whatever the pattern, for 3,000 days", () => {
    for (const pattern of ["yyyy-MM-dd", "dd/MM/yyyy", "M/d/yyyy", "dd.MM.yy", "dd-MMM-yyyy", "MMMM d, yyyy", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss.SSSZ"])
      for (let day = 0; day < 3000; day++) {
        const days = 7 * day + (pattern.includes("H") ? 0.25 : 0);
        expect(readDate(writeDate(days, pattern), pattern), `${pattern} ${days}`).toBe(days);
      }
  });
  it("are rounded to what the pattern says", () => expect([writeDate(0.4, "yyyy-MM-dd"), writeDate(0.6, "yyyy-MM-dd"), writeDate(0.5001, "yyyy-MM-dd HH:mm")]).toEqual(["1970-01-01", "1970-01-02", "1970-01-01 12:00"]));
  it("need a year and a month in their pattern, times an hour and a minute", () => expect(["yyyy-MM-dd", "dd MMMM yy", "HH:mm", "hh:mm a", "yyyy-MM", "yyyy-MM-dd-dd", "yyyy", "HH", "mm:ss", ""].map(isDatePattern)).toEqual([true, true, true, true, true, false, false, false, false, false]));
  it("times without a date are minutes, and come back as they were written", () => {
    expect([readDate("09:30", "HH:mm"), readDate("9:30:15", "H:mm:ss"), readDate("12:05 AM", "hh:mm a"), readDate("12:05 pm", "hh:mm a"), readDate("24:00", "HH:mm"), readDate("0:30 AM", "h:mm a")]).toEqual([570, 570.25, 5, 725, undefined, undefined]);
    for (const pattern of ["HH:mm", "H:mm", "hh:mm a", "h:mm:ss a", "HH.mm.ss"]) for (let minute = 0; minute < 1440; minute++) expect(readDate(writeDate(minute, pattern), pattern), `${pattern} ${minute}`).toBe(minute);
    expect(writeDate(lastTime("HH:mm:ss"), "HH:mm:ss")).toBe("23:59:59");
  });
});
