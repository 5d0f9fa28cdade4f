import { describe, expect, it } from "vitest";
import { decideSchema, isTimePattern, parseTable, type Decisions } from "../../src/data/index.ts";
import { writeDate } from "../../src/data/cells/dates.ts";
import { generator } from "./odd-tables.ts";

// Tables with the traits of public ones and made-up values. A column is "name=what stands in it:what it is", as follows.
//   w1-9 whole numbers, d1-9.2 numbers with two digits after the point, l3 levels, u texts that never repeat, k a counter, c1-300 codes,
//   z numbers with many zeros, p percentages that stop at 100, t:PATTERN dates or times, and =TEXT for cells that are all the same; ?TOKEN: a tenth is missing, written so
//   n number, o ordered, c levels, b two levels, d date, t time, x carried along, / bounded
const tables: Readonly<Record<string, string>> = {
  "passengers of a ship": "survived=w0-1:b pclass=w1-3:o name=u:x age=d1-80.1?:n siblings=w0-8:o fare=d4-500.4:n deck=l7?:c alone=l2:b",
  "penguins": "species=l3:c bill_mm=d30-60.1?NA:n mass_g=w2700-6300?NA:n sex=l2?NA:b year=w2007-2009:o",
  "taxi rides": "VendorID=c1-4:c pickup=tyyyy-MM-dd_HH:mm:ss:d passengers=w1-6:o distance=d0-30.2:n PULocationID=c1-90:c tip=z:n ehail_fee=:x color=l2:b",
  "a survey in Likert scales": "rownames=k:x A1=w1-6?NA:o A2=w1-6?NA:o E5=w1-6:o trust=w1-11:o gender=w1-2:b age=w16-86:n",
  "cars": "mpg=d9-46.1:n cylinders=c3-8:o horsepower=w46-230??:n model_year=w60-82:n origin=l3:c",
  "doses and teeth": "=k:x len=d4-34.1:n supp=l2:b dose=h0.5|1|2:o",
  "weather by the hour": "origin=l3:c hour=w0-23:c month=w1-12:c temp=d10-100.2:n precip=z:n humid=p:/ time_hour=tyyyy-MM-ddTHH:mm:ssZ:d",
  "air quality, with -200 for missing": "Date=tdd/MM/yyyy:d Time=tHH.mm.ss:t CO=w0-40?-200:n NOx=w2-1400?-200:n",
  "passengers by month": "Month=tyyyy-MM:d Passengers=w104-622:n",
  "stocks": "symbol=l5:c date=tMMM_d_yyyy:d price=d5-700.2:n",
  "launches": "mission=u:x company=l8:c date=tyyyy-MM-dd:d time=tHH:mm:ss:t price=w1000000-9000000:n ok=l2:b",
  "calls to a city": "Unique_Key=k:x Created=tMM/dd/yyyy_hh:mm:ss_a:d Agency=l4:c Zip=c10000-10090:c Latitude=d40-41.5:n Longitude=d-75--73.5:n Due=:x Park=Unspecified:x",
  "squirrels": "X=d-74--73.9:n Shift=l2:b Date=tMMddyyyy:d Number=w1-23:n Age=l2??:b Kuks=l2:b",
  "a clinic": "patient_id=k:x visit=tdd.MM.yyyy:d hour=tHH:mm:t sodium=d120-160.1?n.d.:n stage=w1-4:o smoker=l2:b satisfaction=p:/",
  "schools": "rank=k:x Major_code=k:x Total=w100-390000:n ShareWomen=d0-1.3:n Category=l12:c",
  "libraries, ** where suppressed": "state=l30:c area=u:x employees=w30-5000?**:n error=d0-45.1?**:n",
  "counts with sentinels": "age=w20-79?-999:n lab=d19-49.1?9999:n",
  "loans": "Loan_ID=u:x Gender=l2?:b Income=w150-81000:n Term=h12|60|120|180|360|480:o History=w0-1?:b Area=l3:c",
  "codes with zeros": "zip=i5:x genotype=i1:c rent=w300-2000:n",
  "births": "rownames=k:x low=w0-1:b lwt=w80-250:n race=w1-3:o visits=w0-6:o weight=w700-5000:n",
};
const letter = (i: number): string => `${"bdfgklmnprst"[i % 12]}${"aeiou"[(i * 7) % 5]}${"lnrst"[(i * 3) % 5]}${i >= 12 ? String.fromCharCode(97 + (i % 26)) : ""}`;

function lookAlike(description: string, next: () => number, marks: { delimiter: string; decimal: string }): { text: string; kinds: Record<string, string> } {
  const columns = description.split(" ").map((column) => {
    const [, name, what, token, kind] = /^(.*?)=(.*?)(?:\?([^:]*))?:([a-z/])$/.exec(column)!;
    const numbers = what.slice(1);
    const [low, high] = /^(-?[\d]+(?:\.\d(?=\D))?)-(-?\d+)/.exec(numbers)?.slice(1).map(Number) ?? [0, 1];
    const digits = Number(/\.(\d)$/.exec(numbers)?.[1] ?? 0);
    const cell: Record<string, (row: number) => string> = {
      w: () => String(low + Math.floor(next() * (high - low + 1))), d: () => (low + (high - low) * next()).toFixed(digits).replace(".", marks.decimal), l: () => letter(Math.floor(next() * Number(numbers))), u: (row) => `${letter(row)} no. ${7 * row}`,
      k: (row) => String(row + 1), c: () => String(low + Math.floor(next() * Math.min(high - low + 1, 60))), z: () => (next() < 0.7 ? "0" : (50 * next() ** 2).toFixed(2).replace(".", marks.decimal)), p: () => String(Math.min(100, Math.floor(40 + 75 * next()))),
      t: () => writeDate(isTimePattern(numbers.replaceAll("_", " ")) ? Math.floor(1440 * next()) : 12_000 + Math.floor(6000 * next()) + (numbers.includes("mm:") ? next() : 0), numbers.replaceAll("_", " ")),
      h: () => numbers.split("|")[Math.floor(next() * numbers.split("|").length)].replace(".", marks.decimal), i: (row) => (numbers === "5" ? String(1000 + 7 * row).padStart(5, "0") : String(1 + Math.floor(3 * next())).padStart(3, "0")),
    };
    const make = what === "" ? () => "" : (cell[what[0]] ?? (() => what));
    return { name, kind, make: (row: number) => (token !== undefined && next() < 0.1 ? token : make(row)) };
  });
  const rows = Array.from({ length: 240 }, (_, row) => columns.map(({ make }) => make(row)).join(marks.delimiter));
  return { text: [columns.map(({ name }) => name).join(marks.delimiter), ...rows, ""].join("\n"), kinds: Object.fromEntries(columns.map(({ name, kind }, i) => [name || `column ${i + 1}`, kind])) };
}

function kindOf({ column: { role, type, format } }: Decisions["columns"][number]): string {
  if (role === "ignore") return "x";
  if (format?.date !== undefined) return isTimePattern(format.date) ? "t" : "d";
  return { binary: "b", ordinal: "o", categorical: "c", bounded: "/", real: "n", positive: "n", count: "n" }[type];
}

describe("look-alikes of public tables are taken for what they are", () => {
  it.each(Object.keys(tables))("%s", (name) => {
    for (const [seed, marks] of [{ delimiter: ",", decimal: "." }, { delimiter: ";", decimal: "," }, { delimiter: "\t", decimal: "." }].entries()) {
      const { text, kinds } = lookAlike(tables[name], generator(seed + 101), marks);
      const { columns, notes } = decideSchema(parseTable(text), { targets: [] });
      expect(Object.fromEntries(columns.map((column) => [column.column.name, kindOf(column)])), `${JSON.stringify(marks)} ${text.slice(0, 300)}`).toEqual(kinds);
      expect(notes).toEqual([]);
    }
  });
  it("codes for missing are noted, never taken", () => {
    for (const [name, codes] of [["air quality, with -200 for missing", [-200, -200]], ["counts with sentinels", [-999, 9999]]] as const) {
      const { columns } = decideSchema(parseTable(lookAlike(tables[name], generator(9), { delimiter: ",", decimal: "." }).text), { targets: [] });
      expect(columns.flatMap(({ notes }) => notes.filter(({ text }) => text.includes("far outside the rest")).map(({ text }) => Number(/are (\S+),/.exec(text)![1])))).toEqual(codes);
    }
  });
});

describe("a first line that is a row", () => {
  const rows = (first: string, line: (i: number) => string): string => [first, ...Array.from({ length: 30 }, (_, i) => line(i)), ""].join("\n");
  it("is one where fractions stand above numbers, or texts come again", () => {
    expect(parseTable(rows("M,0.455,15", (i) => `${"MFI"[i % 3]},0.${300 + i},${i}`)).columns).toEqual(["column 1", "column 2", "column 3"]);
    expect(parseTable(rows("a,x", (i) => `${"abc"[i % 3]},${"xyz"[i % 3]}`)).rows).toBe(31);
    expect(parseTable(rows("k0,0.5,cp", (i) => `k${i + 1},0.${i},${i % 2 ? "cp" : "im"}`)).rows).toBe(31);
    expect(parseTable(rows("?,0.5", (i) => `${i},0.${i}`)).notes.map(({ change }) => change)).toEqual([{ option: "header", value: "" }]);
  });
  it("is none where it names years, or a text stands above numbers, or the user says so", () => {
    expect(parseTable(rows("country,2019,2020", (i) => `c${i},${i},${i + 1}`)).columns).toEqual(["country", "2019", "2020"]);
    expect(parseTable(rows("sex,0.5,age", (i) => `${"mf"[i % 2]},0.${i},${i}`)).columns).toEqual(["sex", "0.5", "age"]);
    expect(parseTable(rows("M,0.455", (i) => `${"MFI"[i % 3]},0.${300 + i}`), { header: true }).columns).toEqual(["M", "0.455"]);
  });
});

it("levels: None is one among texts and missing among numbers, with a note either way", () => {
  const table = parseTable(`drink,n\n${Array.from({ length: 30 }, (_, i) => `${["None", "beer", "wine"][i % 3]},${i % 5 === 0 ? "None" : i}.5`.replace("None.5", "None")).join("\n")}\n`);
  const { columns } = decideSchema(table, { targets: [] });
  expect(columns[0].column.categories).toEqual(["None", "beer", "wine"]);
  expect(columns.map(({ notes }) => notes.map(({ change }) => change))).toEqual([[{ option: "missing", value: "drink=None" }], [{ option: "keep", value: "None" }]]);
});

it("typed levels are found as those of a table are", () => {
  const { schema } = decideSchema(parseTable(`v,w\n${"1,a\n2,b\n3,A \n".repeat(9)}`), { targets: [] });
  expect(schema.columns.map(({ type, categories }) => [type, categories])).toEqual([["ordinal", ["1", "2", "3"]], ["binary", ["a", "b"]]]);
});
