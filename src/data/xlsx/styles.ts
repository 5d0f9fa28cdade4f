import { attribute, readXml } from "./xml.ts";

/** What a number's format makes of it: a day with or without a time, a time of day, or a number. */
export type NumberKind = "date" | "time" | "number";

/** Numbers of the formats that every Excel has: those of dates, some of them East Asian, and those of times of day. */
const builtIn = (id: number): NumberKind => {
  if ((id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return "date";
  return (id >= 18 && id <= 21) || id === 45 || id === 47 ? "time" : "number";
};

/** What each style of a workbook makes of numbers, in the order by which cells name them. */
export async function readStyles(xml: Uint8Array | undefined): Promise<NumberKind[]> {
  if (xml === undefined) return [];
  const formats = new Map<number, string>();
  const kinds: NumberKind[] = [];
  let inside = false;
  await readXml(xml, "styleSheet", {
    open(name, attributes) {
      if (name === "numFmt") formats.set(Number(attribute(attributes, "numFmtId")), attribute(attributes, "formatCode") ?? "");
      if (name === "cellXfs") inside = true;
      if (name !== "xf" || !inside) return;
      const id = Number(attribute(attributes, "numFmtId") ?? 0);
      const code = formats.get(id);
      kinds.push(code === undefined ? builtIn(id) : kindOfFormat(code));
    },
    close(name) {
      if (name === "cellXfs") inside = false;
    },
  });
  return kinds;
}

/** What a format such as dd/mm/yyyy or [$-409]h:mm AM/PM makes of a number; spans such as [h]:mm stay numbers, in days. */
export function kindOfFormat(code: string): NumberKind {
  const bare = code.replace(/"[^"]*"|\\.|_.|\*./g, "").split(";")[0];
  if (/\[(h+|m+|s+)\]/i.test(bare)) return "number";
  const letters = bare.replace(/\[[^\]]*\]/g, "").replace(/general|am\/pm|a\/p/gi, "").toLowerCase();
  if (/[yd]/.test(letters)) return "date";
  if (/[hs]/.test(letters)) return "time";
  return letters.includes("m") && !/[0#?]/.test(letters) ? "date" : "number";
}
