import { expect, it } from "vitest";
import { inferSchema, parseTable } from "../../../src/data/index.ts";
import { decisionsTable } from "../../../src/report/index.ts";

it("the report says how the file was read, what each column is, how its cells are written, and what stands in its holes", () => {
  const lines = Array.from({ length: 40 }, (_, i) => `${100 + i};${String(1 + (i % 28)).padStart(2, "0")}.03.2024;${i % 10 === 0 ? "-" : i % 7 === 0 ? "" : `${i},5`};${i % 9 === 0 ? "-999" : 20 + i};${i % 2 ? "<b>" : "a"}`);
  const table = parseTable(`# export\npatient_id;visit;dose;age;y\n${lines.join("\n")}\n`, { missing: ["age=-999"] });
  const html = decisionsTable(inferSchema(table, { targets: ["y"] }), table, ({ type }) => `described as ${type}`);
  expect(html.replaceAll(/<[^>]+>/g, "|").replaceAll(/\|+/g, "|").split("\n")).toMatchInlineSnapshot(`
    [
      "|Read as UTF-8; fields separated by semicolons; decimal commas; declared missing: &quot;age=-999&quot;. 1 line before the header is left alone: &quot;# export&quot;.|",
      "|column|role|type|missing|written as|levels, or middle and deviation; why it is left out|",
      "|patient_id|ignore|left out|0.0 %|an identifier: whole numbers that never repeat|",
      "|visit|feature|date|0.0 %|as dd.MM.yyyy, 12.03.2024 ± 7.92 days|",
      "|dose|feature|positive|22.5 %|empty 5, &quot;-&quot; 4|described as positive|",
      "|age|feature|positive|12.5 %|&quot;-999&quot; 5|described as positive|",
      "|y|target|binary|0.0 %|described as binary|",
      "|",
    ]
  `);
  expect(html).not.toContain("<b>");
});
