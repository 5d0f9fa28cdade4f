/** What is done with the elements of an XML text; names come without their prefix, places are offsets into the text. */
export interface XmlHandler {
  open?(name: string, attributes: Record<string, string>, start: number): void;
  text?(text: string): void;
  /** `end`: just after the element. */
  close?(name: string, end: number): void;
}

/** Reads an XML text whose outermost element is `root`. Throws a plain error where that is not closed: the text is cut off. */
export async function readXml(bytes: Uint8Array, root: string, handler: XmlHandler): Promise<string> {
  const { Parser } = await import("htmlparser2");
  const text = new TextDecoder().decode(bytes);
  // the parser closes what is open at the end
  const closed = new RegExp(`(</(\\w+:)?${root}\\s*>|<(\\w+:)?${root}\\b[^<]*/>)\\s*(<!--[^]*-->\\s*)?$`);
  if (!closed.test(text.slice(-2000))) throw new Error(`the XML of <${root}> is cut off`);
  const parser = new Parser(
    {
      onopentag: (name, attributes) => handler.open?.(local(name), attributes, parser.startIndex),
      ontext: (part) => handler.text?.(part),
      onclosetag: (name) => handler.close?.(local(name), parser.endIndex + 1),
    },
    { xmlMode: true },
  );
  parser.end(text);
  return text;
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** An attribute whatever its prefix. */
export function attribute(attributes: Record<string, string>, name: string): string | undefined {
  const key = Object.keys(attributes).find((own) => local(own) === name);
  return key === undefined ? undefined : attributes[key];
}

/** Text as XML has it; Excel writes characters that XML lacks as _x0007_. */
export function escapeXml(text: string): string {
  return text
    .replace(/_x[0-9a-f]{4}_/gi, "_x005F$&")
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, (letter) => `_x${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`)
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** What a text of Excel's says: _x000D_ is a carriage return. */
export function excelText(text: string): string {
  return text.includes("_x") ? text.replace(/_x([0-9a-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : text;
}
