import { createHash } from "node:crypto";
import { gzipSync, strToU8, zipSync } from "fflate";
import { expect, it } from "vitest";
import { convert } from "../../src/fetch/convert.ts";
import type { Source } from "../../src/fetch/index.ts";

const base: Source = {
  name: "small",
  title: "",
  home: "",
  licence: "",
  citation: "",
  files: [],
  blocks: [[{ file: "a", sha256: null }]],
  layout: { delimiter: "," },
  rows: 2,
  targets: 1,
  columns: [],
};
const run = (source: Partial<Source>, files: Record<string, string | Uint8Array>): Promise<string> =>
  convert({ ...base, ...source }, new Map(Object.entries(files).map(([name, content]) => [name, typeof content === "string" ? strToU8(content) : content])));
const failure = (source: Partial<Source>, files: Record<string, string | Uint8Array>): Promise<string> =>
  run(source, files).then(
    () => "no failure",
    (cause: Error) => `${cause.name}: ${cause.message}`,
  );

it("as wine.data: class first and from 1, numbers without a leading zero, in a zip", async () => {
  const csv = await run(
    {
      blocks: [[{ file: "a", member: "w.data", sha256: null }]],
      columns: [["x", 0.25, 13], ["y", 100, 200], ["class", 0, 2]],
      order: [1, 2, 0],
      add: { class: -1 },
    },
    { a: zipSync({ "w.data": strToU8("1,.25,200\r\n3,13.0,100"), "w.names": strToU8("a description") }) },
  );
  expect(csv).toBe("x,y,class\n0.25,200,0\n13,100,2\n");
});

it("as naval's data.txt: columns of blanks and exponents", async () => {
  const csv = await run({ layout: { delimiter: "whitespace" }, columns: [["x", 1.138, 9.3], ["y", -0.5, 6967.25]] }, { a: "   1.1380000e+00   6.9672500e+03\n   9.3000000e+00  -5.0000000e-01\n\n" });
  expect(csv).toBe("x,y\n1.138,6967.25\n9.3,-0.5\n");
});

it("as bank-additional-full.csv: a zip in a zip, beside one of another name, semicolons, quotes, and what macOS adds", async () => {
  const inner = zipSync({ "deep/t.csv": strToU8('"age";"job";"y"\r\n56;"house;maid";"no"\r\n30;"x";"yes"\r\n'), "deep/t-names.txt": strToU8("names"), "__MACOSX/deep/t.csv": strToU8("junk") });
  const source: Partial<Source> = {
    blocks: [[{ file: "a", member: "t.csv", sha256: null }]],
    layout: { delimiter: ";", header: ["age", "job", "y"] },
    columns: [["age", 30, 56], ["job", 2], ["y", 2]],
  };
  expect(await run(source, { a: zipSync({ "other.zip": zipSync({ "u.csv": strToU8("1") }), "t.zip": inner }) })).toBe("age,job,y\n56,house;maid,no\n30,x,yes\n");
  expect(await failure(source, { a: zipSync({ "one/t.csv": strToU8("1"), "two.zip": inner }) })).toBe('FetchError: a: expected one member "t.csv", found 2; the archive has changed.');
});

it("as the insurance files: blocks below each other, parts side by side", async () => {
  const zip = zipSync({ "train.txt": strToU8("1\t2\t0\r\n3\t4\t1\r\n"), "eval.txt": strToU8("5\t6\r\n"), "targets.txt": strToU8("1\r\n") });
  const source: Partial<Source> = {
    blocks: [[{ file: "a", member: "train.txt", sha256: null }], [{ file: "a", member: "eval.txt", sha256: null }, { file: "a", member: "targets.txt", sha256: null }]],
    layout: { delimiter: "whitespace" },
    rows: 3,
    columns: [["p", 1, 5], ["q", 2, 6], ["t", 0, 1]],
  };
  expect(await run(source, { a: zip })).toBe("p,q,t\n1,2,0\n3,4,1\n5,6,1\n");
  const longer = zipSync({ "train.txt": strToU8("1\t2\t0\n3\t4\t1\n"), "eval.txt": strToU8("5\t6\n"), "targets.txt": strToU8("1\n0\n") });
  expect(await failure(source, { a: longer })).toBe("FetchError: small: targets.txt has 2 rows and eval.txt has 1; they belong side by side.");
});

it("as scikit-learn's diabetes: two gzip files side by side, features centred with squares that sum to 1", async () => {
  const csv = await run(
    {
      blocks: [[{ file: "a", sha256: null }, { file: "b", sha256: null }]],
      layout: { delimiter: "whitespace" },
      rows: 3,
      columns: [["x", -0.707106781, 0.707106781], ["t", 75, 151]],
      unitLength: ["x"],
    },
    { a: gzipSync(strToU8("10\n20\n30\n")), b: gzipSync(strToU8("1.510000000000000000e+02\n7.5e+01\n1.41e+02\n")) },
  );
  // (10, 20, 30) - 20 = (-10, 0, 10), of length 10 sqrt 2
  expect(csv).toBe("x,t\n-0.707106781,151\n0,75\n0.707106781,141\n");
});

it("as scikit-learn's boston: a line before the header, quoted names", async () => {
  const source: Partial<Source> = { layout: { delimiter: ",", skip: 1, header: ["CRIM", "ZN"] }, columns: [["crim", 0.1, 0.2], ["zn", 18, 20]] };
  expect(await run(source, { a: '2,1,,\n"CRIM","ZN"\n0.1,18.0\n0.2,20\n' })).toBe("crim,zn\n0.1,18\n0.2,20\n");
  expect(await failure(source, { a: '2,1,,\n"ZN","CRIM"\n0.1,18\n0.2,20\n' })).toBe("FetchError: a: expected the header CRIM, ZN; got ZN, CRIM.");
});

it("as avocado.csv: an index to leave out, the target moved last, texts as they are", async () => {
  const csv = await run(
    { layout: { delimiter: ",", header: ["index", "Date", "Price", "region"] }, columns: [["date", 2], ["region", 1], ["price", 0.99, 1.33]], order: [1, 3, 2] },
    { a: "index,Date,Price,region\r\n0,12/27/2015,1.33,Albany\r\n1,12/20/2015,0.99,Albany\r\n" },
  );
  expect(csv).toBe("date,region,price\n12/27/2015,Albany,1.33\n12/20/2015,Albany,0.99\n");
});

it("everything that is not as stated is named at once", async () => {
  const source: Partial<Source> = { rows: 3, columns: [["x", 0, 9], ["kind", 2]] };
  expect(await failure(source, { a: "1,red\n8.5,red\n" })).toMatchInlineSnapshot(`
    "FetchError: small: the table is not the one that was expected:
      expected 3 rows, got 2
      column "x": expected values from 0 to 9, got 1 to 8.5
      column "kind": expected 2 distinct texts, got 1"
  `);
  expect(await failure({ columns: [["x", 1, 2], ["y", 1, 2]], layout: { delimiter: "whitespace" } }, { a: "1 1\n2 2 7\n" })).toContain("row 2: expected 2 fields, got 3");
});

it("a cell that is no number, a text that is none, and a damaged or foreign archive are named by place", async () => {
  expect(await failure({ columns: [["x", 1, 2]] }, { a: "1,0\n?,0\n" })).toBe('FetchError: small: row 2, column "x": expected a number, got "?".');
  expect(await failure({ layout: { delimiter: "whitespace" }, columns: [["x", 1, 2]] }, { a: Uint8Array.of(0x31, 0xff, 0xfe) })).toBe("FetchError: a: expected a text, got bytes that are none.");
  const member: Partial<Source> = { blocks: [[{ file: "a", member: "t.csv", sha256: null }]], columns: [["x", 1, 2]] };
  const zip = zipSync({ "t.csv": strToU8("1\n2\n".repeat(500)) });
  expect(await failure(member, { a: "<html>" })).toBe("FetchError: a: expected a zip archive, got something else (6 bytes).");
  expect(await failure(member, { a: zip.subarray(0, 60) })).toMatch(/^FetchError: a: the zip archive is damaged/);
  expect(await failure({ columns: [["x", 1, 2]] }, { a: gzipSync(strToU8("1\n2\n")).subarray(0, 12) })).toContain("FetchError: a: the gzip data is damaged or cut off");
  expect(await failure(member, { a: zipSync({ "u.csv": strToU8("1") }) })).toBe('FetchError: a: expected one member "t.csv", found 0; the archive has changed.');
});

it("a member that claims hundreds of megabytes is not unpacked", async () => {
  const zip = zipSync({ "t.csv": strToU8("1\n2\n") });
  const view = new DataView(zip.buffer, zip.byteOffset);
  // the size in the central directory, 24 bytes after its signature
  const entry = zip.findIndex((_, i) => i + 4 <= zip.length && view.getUint32(i, true) === 0x02014b50);
  view.setUint32(entry + 24, 2 ** 30, true);
  const source: Partial<Source> = { blocks: [[{ file: "a", member: "t.csv", sha256: null }]], columns: [["x", 1, 2]] };
  expect(await failure(source, { a: zip })).toBe("FetchError: a: the zip archive is damaged (t.csv claims 1073741824 bytes).");
});

it("a text's checksum is that of the unpacked text, however it is packed", async () => {
  const text = "1,2\n3,4\n";
  const sha256 = createHash("sha256").update(text).digest("hex");
  const source: Partial<Source> = { blocks: [[{ file: "a", sha256 }]], columns: [["x", 1, 3], ["y", 2, 4]] };
  expect(await run(source, { a: gzipSync(strToU8(text), { level: 1 }) })).toBe(await run(source, { a: gzipSync(strToU8(text), { level: 9, mtime: "2000-01-01" }) }));
  expect(await failure(source, { a: "1,2\n3,5\n" })).toContain(`(8 bytes), expected\n  sha256 ${sha256}.`);
});
