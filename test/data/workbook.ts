import { strToU8, zipSync } from "fflate";

/** A workbook with a sheet of remarks and one that holds a table. */
export function workbook(rows: number): Uint8Array<ArrayBuffer> {
  const text = (at: string, value: string): string => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;
  const number = (at: string, value: string): string => (value === "" ? "" : `<c r="${at}"><v>${value}</v></c>`);
  const sheet = (lines: readonly string[]): string => `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${lines.map((line, i) => `<row r="${i + 1}">${line}</row>`).join("")}</sheetData></worksheet>`;
  const table = Array.from({ length: rows }, (_, i) => {
    const x = Math.sin(i * 1.7);
    return [number(`A${i + 2}`, i % 6 === 2 ? "" : (20 + 5 * x).toFixed(1)), number(`B${i + 2}`, i % 5 === 1 ? "" : (3 + x + (i % 7) / 10).toFixed(2)), text(`C${i + 2}`, x > 0 ? "high" : "low")].join("");
  });
  const relations = (of: readonly [string, string][]): string => `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${of.map(([kind, target], i) => `<Relationship Id="rId${i + 1}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${kind}" Target="${target}"/>`).join("")}</Relationships>`;
  const content = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  return zipSync({
    "[Content_Types].xml": strToU8(`<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${content}.sheet.main+xml"/>${[1, 2].map((i) => `<Override PartName="/xl/worksheets/sheet${i}.xml" ContentType="${content}.worksheet+xml"/>`).join("")}</Types>`),
    "_rels/.rels": strToU8(relations([["officeDocument", "xl/workbook.xml"]])),
    "xl/workbook.xml": strToU8(`<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Remarks" sheetId="1" r:id="rId1"/><sheet name="Data" sheetId="2" r:id="rId2"/></sheets></workbook>`),
    "xl/_rels/workbook.xml.rels": strToU8(relations([["worksheet", "worksheets/sheet1.xml"], ["worksheet", "worksheets/sheet2.xml"]])),
    "xl/worksheets/sheet1.xml": strToU8(sheet([text("A1", "who") + text("B1", "what"), text("A2", "Ada") + text("B2", "measured")])),
    "xl/worksheets/sheet2.xml": strToU8(sheet([text("A1", "age") + text("B1", "dose") + text("C1", "outcome"), ...table])),
  }) as Uint8Array<ArrayBuffer>;
}
