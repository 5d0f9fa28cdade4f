import { readStyles, type NumberKind } from "./styles.ts";
import { attribute, excelText, readXml } from "./xml.ts";
import type { Parts } from "./zip.ts";

export interface SheetPlace {
  name: string;
  /** Its part. */
  path: string;
  hidden: boolean;
}

/** What a workbook says besides its cells. */
export interface Workbook {
  /** Its main part. */
  path: string;
  sheets: SheetPlace[];
  from1904: boolean;
  texts: string[];
  styles: NumberKind[];
}

interface Relation {
  id: string;
  type: string;
  path: string;
}

/** The sheets of tables, texts and styles of a workbook. Throws plain errors where parts are missing. */
export async function readWorkbook(parts: Parts): Promise<Workbook> {
  const main = (await relations(parts, "")).find(({ type }) => type === "officeDocument")?.path ?? "xl/workbook.xml";
  const bytes = parts.get(main);
  if (bytes === undefined) throw new Error(`${main} is missing`);
  const related = await relations(parts, main);
  const sheets: SheetPlace[] = [];
  let from1904 = false;
  await readXml(bytes, "workbook", {
    open(name, attributes) {
      if (name === "workbookPr") from1904 = /^(1|true)$/.test(attribute(attributes, "date1904") ?? "");
      if (name !== "sheet") return;
      const relation = related.find(({ id }) => id === attribute(attributes, "id"));
      // charts have sheets, too
      if (relation?.type === "worksheet") sheets.push({ name: attribute(attributes, "name") ?? "", path: relation.path, hidden: /hidden/i.test(attribute(attributes, "state") ?? "") });
    },
  });
  const partOf = (kind: string): Uint8Array | undefined => parts.get(related.find(({ type }) => type === kind)?.path ?? "");
  return { path: main, sheets, from1904, texts: await readTexts(partOf("sharedStrings")), styles: await readStyles(partOf("styles")) };
}

/** What a part refers to; "" is the whole archive. */
export async function relations(parts: Parts, path: string): Promise<Relation[]> {
  const found: Relation[] = [];
  const bytes = parts.get(relationsPath(path));
  if (bytes === undefined) return found;
  await readXml(bytes, "Relationships", {
    open(name, attributes) {
      if (name !== "Relationship") return;
      const { Id: id = "", Type: type = "", Target: target = "" } = attributes;
      found.push({ id, type: type.slice(type.lastIndexOf("/") + 1), path: resolved(path, target) });
    },
  });
  return found;
}

export function relationsPath(path: string): string {
  const at = path.lastIndexOf("/") + 1;
  return `${path.slice(0, at)}_rels/${path.slice(at)}.rels`;
}

/** A target that is named from a part's folder, or from the archive's. */
function resolved(path: string, target: string): string {
  if (target.startsWith("/")) return target.slice(1);
  const steps = path.split("/").slice(0, -1);
  for (const step of target.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== ".") steps.push(step);
  }
  return steps.join("/");
}

/** Texts that cells name by their number; how they are to be pronounced is left out. */
async function readTexts(xml: Uint8Array | undefined): Promise<string[]> {
  if (xml === undefined) return [];
  const texts: string[] = [];
  let [own, inText, spoken] = ["", false, 0];
  await readXml(xml, "sst", {
    open(name) {
      if (name === "si") own = "";
      if (name === "rPh") spoken++;
      inText = name === "t" && spoken === 0;
    },
    text(part) {
      if (inText) own += part;
    },
    close(name) {
      inText = false;
      if (name === "rPh") spoken--;
      if (name === "si") texts.push(excelText(own));
    },
  });
  return texts;
}
