import { readFileSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { codeTable, gunzip, inferSchema, parseSplits, parseTable, trainingRows, writeTable } from "../../src/data/index.ts";

for (const name of readdirSync("../shared/data").filter((n) => !/README|images|mnist|faces/.test(n))) {
  it(`${name}: read, coded, and written back byte for byte`, async () => {
    const dir = `../shared/data/${name}`;
    const file = readdirSync(dir).find((f) => f.startsWith("data.csv"))!;
    const bytes = await gunzip(new Uint8Array(readFileSync(`${dir}/${file}`)));
    const table = parseTable(bytes);
    const schema = inferSchema(table, { targets: [table.columns.at(-1)!], types: Object.fromEntries(table.columns.filter((c) => /name|title|ticket|cabin/i.test(c)).map((c) => [c, "ignore"])) });
    const coded = codeTable(table, schema);
    expect(coded.x.every(Number.isFinite)).toBe(true);
    expect(writeTable(table, () => undefined)).toBe(table.text);
  });
}
