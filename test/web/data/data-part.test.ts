import { describe, expect, it } from "vitest";
import { decideSchema, inferSchema, parseSchema, readTableBytes } from "../../../src/data/index.ts";
import { DataPart, type Described, type TableInfo } from "../../../src/web/engine/data/data-part.ts";
import type { Choices } from "../../../src/web/engine/data/decide.ts";
import type { Change } from "../../../src/web/engine/data/fixes.ts";
import { openDevice } from "../../../src/gpu/open-dawn.ts";
import { Workspace } from "../../../src/web/engine/workspace.ts";
import { optionsOf, withChange, type Wishes } from "../../../src/web/state/wishes.ts";

const none: Choices = { targets: [], types: {} };
const bytesOf = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(`${lines.join("\n")}\n`);

/** The page's way: an open file, and wishes that are added one by one. */
class Visit {
  readonly workspace = new Workspace(() => openDevice());
  readonly data = new DataPart(this.workspace);
  wishes: Wishes = { options: {}, choices: none };

  async open(bytes: Uint8Array, wishes: Partial<Wishes> = {}): Promise<Described> {
    this.wishes = { ...this.wishes, ...wishes };
    const opened = await this.data.open("table.csv", bytes, this.wishes.options);
    if (!("table" in opened)) throw new Error(opened.problems[0].message);
    return this.data.describe(this.wishes.choices);
  }

  async decide(...changes: readonly Change[]): Promise<Described> {
    this.wishes = changes.reduce(withChange, this.wishes);
    const opened = await this.data.read(this.wishes.options);
    if (!("table" in opened)) throw new Error(opened.problems[0].message);
    return this.data.describe(this.wishes.choices);
  }
}

const column = ({ columns }: Described, name: string) => columns.find((one) => one.name === name)!;
const numbers = Array.from({ length: 60 }, (_, i) => (10 + (i * 7) % 31 + i / 100).toFixed(2));

describe("decisions in the page", () => {
  it("are those of the command line, in the column's own spelling", async () => {
    const bytes = bytesOf(["id;visit;dose;price;grade", ...numbers.map((number, i) => `${i + 1};${String(1 + (i % 28)).padStart(2, "0")}.0${1 + (i % 9)}.2024;${i % 8 ? number.replace(".", ",") : "unknown"};$${number.replace(".", ",")};${i % 2 ? "Ja" : "nein"}`)]);
    const visit = new Visit();
    const found = await visit.open(bytes, { choices: { targets: ["grade"], types: {} } });
    const { columns, schema } = decideSchema(await readTableBytes(bytes), { targets: ["grade"] });
    expect(found.columns.map(({ name, role, why, notes }) => ({ name, role, why, notes }))).toEqual(columns.map((own) => ({ name: own.column.name, role: own.column.role, why: own.why, notes: own.notes })));
    expect(parseSchema(visit.data.schemaFile())).toEqual(schema);
    expect(found.columns.map(({ name, type, date, values, missing }) => [name, date ?? type, values, missing])).toMatchInlineSnapshot(`
      [
        [
          "id",
          "ignore",
          "1 (1), 2 (1), 3 (1), 4 (1), 5 (1) and 55 more",
          0,
        ],
        [
          "visit",
          "dd.MM.yyyy",
          "01.01.2024 to 27.09.2024, median 05.05.2024",
          0,
        ],
        [
          "dose",
          "positive",
          "10,31 to 40,53, median 25,11",
          8,
        ],
        [
          "price",
          "positive",
          "$10 to $40,53, median $25,11",
          0,
        ],
        [
          "grade",
          "binary",
          "nein (30), Ja (30)",
          0,
        ],
      ]
    `);
    expect(column(found, "dose").holes).toEqual([{ text: "unknown", count: 8 }]);
    expect(column(found, "price").format).toEqual(["$ in front"]);
  });

  it("a note's button makes a code missing, and a word that was taken for missing a value again", async () => {
    const visit = new Visit();
    const first = await visit.open(bytesOf(["a,b,y", ...numbers.map((number, i) => `${i % 10 ? number : "-999"},${i % 12 ? number : "-"},${i % 2 ? "yes" : "no"}`)]));
    const [code] = column(first, "a").notes;
    expect(code.text).toMatch(/^6 cells are -999, far outside the rest/);
    const second = await visit.decide(code.change!);
    expect([column(first, "a").missing, column(second, "a").missing]).toEqual([0, 6]);
    expect([column(first, "a").type, column(second, "a").type]).toEqual(["real", "positive"]);
    expect(column(second, "a").notes).toEqual([]);
    expect(visit.data.cells(0, 1)).toEqual([[null, null, "no"]]);
    // in the other column nothing is decided about it
    expect(column(second, "b").missing).toBe(5);
    const third = await visit.decide(column(second, "b").notes[0].change!);
    expect(column(third, "b").missing).toBe(0);
    expect(column(third, "b")).toMatchObject({ type: "ignore", problems: [{ fixes: [{ title: '"-" means missing' }, { title: "Set to categorical" }, { title: "Leave the column out" }] }] });
    expect(column(await visit.decide(...column(third, "b").problems[0].fixes[0].changes), "b")).toMatchObject({ type: "positive", missing: 5 });
  });

  it("what cannot be used is left out with ways out, and stands against a training only where it was asked for", async () => {
    const visit = new Visit();
    const bytes = bytesOf(["a,y", ...numbers.map((number, i) => `${i % 15 ? number : `typo ${i / 15}`},${i % 2 ? "yes" : "no"}`), ...numbers.map((number) => `${number},no`)]);
    const found = await visit.open(bytes, { choices: { targets: ["y"], types: {} } });
    expect(found.problems.map(({ column: name, message }) => `${name ?? ""} ${message}`)).toEqual([" no column is left as a feature, and at least one is needed; left out: \"a\". Give one of them a type.", expect.stringMatching(/^a 4 cells are no numbers/)]);
    expect(column(found, "a")).toMatchObject({ type: "ignore", missing: 0, problems: [{ column: "a", message: expect.stringMatching(/^4 cells are no numbers: "typo 0" in row 2/) }] });
    expect(column(found, "a").problems[0].fixes.map(({ title }) => title)).toEqual(["All 4 texts mean missing", "Set to categorical", "Leave the column out"]);
    expect(() => visit.data.schemaFile()).toThrow("not ready");
    const mended = await visit.decide(...column(found, "a").problems[0].fixes[0].changes);
    expect(mended.problems).toEqual([]);
    expect(column(mended, "a")).toMatchObject({ type: "positive", missing: 4 });
    const wrong = await visit.decide({ option: "type", value: "y=positive" });
    expect(wrong.problems.length).toBeGreaterThan(0);
    expect(wrong.problems[0]).toMatchObject({ column: "y" });
  });

  it("a file that cannot be read stays open for another way to read it", async () => {
    const visit = new Visit();
    const opened = await visit.data.open("table.csv", bytesOf(["a|b,c", "1|2,3", "4|5", "6|7"]), { delimiter: "," });
    expect(opened).toMatchObject({ problems: [{ row: 3 }, { row: 4 }], source: "table.csv" });
    expect(() => visit.data.describe(none)).toThrow("no table open");
    const { table } = (await visit.data.read({})) as { table: TableInfo };
    expect(table).toMatchObject({ rows: 3, columns: [{ name: "a" }, { name: "b,c" }], reading: { delimiter: "|" } });
  });
});

describe("a schema file in the page", () => {
  const lines = numbers.map((number, i) => `${i % 10 ? number : "-999"},${["low", "high", "mid"][i % 3]},${i % 2 ? "yes" : "no"}`);
  const bytes = bytesOf(["a,size,y", ...lines]);

  it("says what the columns are, how the table is read, and what the target is; what the user changes is found anew", async () => {
    const given = inferSchema(await readTableBytes(bytes, { missing: ["a=-999"] }), { targets: ["y"] });
    Object.assign(given.columns[1], { type: "ordinal", categories: ["low", "mid", "high"] });
    const text = JSON.stringify(given);
    const visit = new Visit();
    const parsed = visit.data.parseSchema("s.json", text);
    if (!("schema" in parsed)) throw new Error("no schema");
    const found = await visit.open(bytes, { options: optionsOf(parsed.schema), choices: { targets: ["y"], types: {}, schema: parsed.schema } });
    expect(found.problems).toEqual([]);
    expect(column(found, "a")).toMatchObject({ missing: 6, why: "the schema file says so" });
    expect(column(found, "size")).toMatchObject({ type: "ordinal", found: "ordinal" });
    expect(JSON.parse(visit.data.schemaFile())).toEqual(JSON.parse(text));
    const changed = await visit.decide({ option: "type", value: "size=ignore" });
    expect(parseSchema(visit.data.schemaFile()).columns.map(({ role, type }) => `${role} ${type}`)).toEqual(["feature positive", "ignore categorical", "target binary"]);
    expect(column(changed, "a").why).toBe("the schema file says so");
  });

  it("that does not fit is told with all that is wrong", async () => {
    const given = inferSchema(await readTableBytes(bytes, { missing: ["a=-999"] }), { targets: ["y"] });
    const visit = new Visit();
    const found = await visit.open(bytesOf(["a,y", ...lines.map((line) => line.replace(/,\w+,/, ","))]), { choices: { targets: ["y"], types: {}, schema: given } });
    expect(found.problems).toMatchObject([{ column: "size", message: expect.stringContaining("the table lacks this feature") }]);
    expect(visit.data.parseSchema("s.json", '{"version": 1, "columns": [{"name": "a", "role": "feature", "type": "wrong"}]}')).toMatchObject({ problems: [{ column: "a" }], source: "s.json" });
  });
});
