import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codeTable, decodeValue, embeddedTables, featureColumns, gunzip, inferSchema, isContinuous, parseTable, writeTable, type RawTable, type TextTable } from "../../src/data/index.ts";
import { describeShared } from "../shared.ts";

const read = async (name: string): Promise<TextTable> => {
  const dir = `../shared/data/${name}`;
  return parseTable(await gunzip(new Uint8Array(readFileSync(`${dir}/${readdirSync(dir).find((file) => file.startsWith("data.csv"))!}`))), { source: name });
};
const holes = (table: RawTable): Record<string, number> =>
  Object.fromEntries(table.columns.map((name, j) => [name, Array.from({ length: table.rows }, (_, i) => Number(table.isMissing(i, j))).reduce((a, b) => a + b, 0)] as const).filter(([, count]) => count > 0));
const kinds = (table: RawTable): Record<string, string> =>
  Object.fromEntries(inferSchema(table, { targets: [table.columns.at(-1)!] }).columns.map(({ name, type, categories }) => [name, type === "categorical" ? `categorical ${categories!.length}` : type]));

describeShared("read, coded, decoded, and written back byte for byte", () => {
  it.each(["titanic", "penguins", "adult", "movies", "boston", "wine"])("%s", async (name) => {
    const table = await read(name);
    const schema = inferSchema(table, { targets: [table.columns.at(-1)!] });
    const coded = codeTable(table, schema);
    expect(coded.warnings).toEqual([]);
    expect(writeTable(table, () => undefined)).toBe(table.text);
    const features = featureColumns(schema);
    let wrong = 0;
    features.forEach((column, j) => {
      for (let i = 0; i < table.rows; i++) {
        const at = i * features.length + j;
        const cell = table.text.slice(...table.span(i, j)).replace(/^"(.*)"$/, "$1");
        if ((cell === "") !== (coded.observedX[at] === 0)) wrong++;
        if (cell === "") wrong += Number(coded.x[at] !== 0);
        else if (isContinuous(column.type)) wrong += Number(!(Math.abs(decodeValue(column, coded.x[at]) - Number(cell)) <= 1e-4 * Math.abs(Number(cell)) + 1e-4));
        else wrong += Number(column.categories![coded.x[at]] !== cell && Number(column.categories![coded.x[at]]) !== Number(cell));
      }
    });
    expect(wrong).toBe(0);
  });
});

// counts as in about.md beside the tables
describeShared("holes", () => {
  it("titanic", async () => expect(holes(await read("titanic"))).toEqual({ age: 177, embarked: 2, deck: 688 }));
  it("penguins", async () => expect(holes(await read("penguins"))).toEqual({ bill_length_mm: 2, bill_depth_mm: 2, flipper_length_mm: 2, body_mass_g: 2, sex: 11 }));
  it("adult", async () => {
    const table = await read("adult");
    expect(table.rows).toBe(48842);
    expect(holes(table)).toEqual({ workclass: 2799, occupation: 2809, native_country: 857 });
  });
  it("movies", async () => {
    const table = await read("movies");
    const missing = holes(table);
    expect([table.rows, Object.values(missing).reduce((a, b) => a + b)]).toEqual([3201, 7873]);
    expect(missing).toMatchObject({ imdb_rating: 213, us_dvd_sales: 2637, running_time_min: 1992, rotten_tomatoes_rating: 880, mpaa_rating: 605, creative_type: 446, source: 365, major_genre: 275, distributor: 232 });
  });
  it("pima_diabetes", async () => expect(Object.keys(holes(await read("pima_diabetes")))).toEqual(["glucose", "pressure", "triceps", "insulin", "mass"]));
  it("boston and wine have none", async () => expect([holes(await read("boston")), holes(await read("wine"))]).toEqual([{}, {}]));
});

describeShared("types", () => {
  it("titanic", async () =>
    expect(kinds(await read("titanic"))).toEqual({ pclass: "ordinal", sex: "binary", age: "positive", sibsp: "ordinal", parch: "ordinal", fare: "positive", embarked: "categorical 3", deck: "categorical 7", survived: "binary" }));
  it("penguins", async () =>
    expect(kinds(await read("penguins"))).toEqual({ island: "categorical 3", bill_length_mm: "positive", bill_depth_mm: "positive", flipper_length_mm: "positive", body_mass_g: "positive", sex: "binary", species: "categorical 3" }));
  it("movies", async () =>
    expect(kinds(await read("movies"))).toMatchObject({ mpaa_rating: "categorical 7", source: "categorical 18", major_genre: "categorical 12", creative_type: "categorical 9", distributor: "categorical 174", us_dvd_sales: "positive" }));
  it("wine: all features positive", async () => expect(Object.entries(kinds(await read("wine"))).filter(([name, kind]) => name !== "class" && kind !== "positive")).toEqual([]));
});

describe("embedded tables", () => {
  const embedded = (name: keyof typeof embeddedTables): RawTable => parseTable(new Uint8Array(readFileSync(`node_modules/@observablehq/sample-datasets/${embeddedTables[name].file}`)));
  it("cars: 406 rows with holes in economy and power", () => {
    const table = embedded("cars");
    expect(table.rows).toBe(406);
    expect(holes(table)).toEqual({ "economy (mpg)": 8, "power (hp)": 6 });
    const schema = inferSchema(table, embeddedTables.cars);
    expect(schema.columns.map(({ name, role, type }) => [name, role, type])).toEqual([
      ["name", "ignore", "categorical"],
      ["economy (mpg)", "target", "positive"],
      ["cylinders", "feature", "ordinal"],
      ["displacement (cc)", "feature", "positive"],
      ["power (hp)", "feature", "positive"],
      ["weight (lb)", "feature", "positive"],
      ["0-60 mph (s)", "feature", "positive"],
      ["year", "feature", "positive"],
    ]);
  });
  it("penguins: 344 rows, three species", () => {
    const table = embedded("penguins");
    expect(table.rows).toBe(344);
    expect(holes(table)).toEqual({ culmen_length_mm: 2, culmen_depth_mm: 2, flipper_length_mm: 2, body_mass_g: 2, sex: 11 });
    expect(inferSchema(table, embeddedTables.penguins).columns.find(({ role }) => role === "target")).toMatchObject({ name: "species", categories: ["Adelie", "Chinstrap", "Gentoo"] });
  });
});
