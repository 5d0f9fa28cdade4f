import { fixedRectangleMask, halfMask, halves, type PixelMask, randomMask, rectangleMask, strokesMask, wholeMask } from "./masks.ts";

/** Strokes of a picture unless a number is given. */
const usualStrokes = 3;

/** One kind of mask as written on the command line: its name, what may follow the colon, and what it hides. */
interface MaskKind {
  name: string;
  form: string;
  hides: string;
  /** undefined: the text after the colon is not right. */
  make(argument: string | undefined): PixelMask | undefined;
}

const kinds: readonly MaskKind[] = [
  { name: "random", form: "random:RATE", hides: "each pixel with probability RATE, such as random:0.5", make: (text) => within(number(text), 0, 1, randomMask) },
  { name: "rectangle", form: "rectangle", hides: "a rectangle of random size and place in every picture", make: (text) => (text === undefined ? rectangleMask : rectangle(text)) },
  { name: "rectangle", form: "rectangle:TOP,LEFT,HEIGHT,WIDTH", hides: "the same rectangle in every picture, in pixels", make: () => undefined },
  { name: "half", form: `half:${halves.join("|")}`, hides: "that half", make: (text) => (halves.some((half) => half === text) ? halfMask(text as (typeof halves)[number]) : undefined) },
  { name: "strokes", form: "strokes[:COUNT]", hides: `COUNT thick brush strokes, ${usualStrokes} unless said otherwise`, make: (text) => (text === undefined ? strokesMask(usualStrokes) : within(whole(text), 1, 1000, strokesMask)) },
  { name: "all", form: "all", hides: "every pixel", make: (text) => (text === undefined ? wholeMask(true) : undefined) },
  { name: "none", form: "none", hides: "nothing", make: (text) => (text === undefined ? wholeMask(false) : undefined) },
];

/** The kinds of masks with what they hide, a line each, for help texts. */
export const maskHelp = kinds.map(({ form, hides }) => `${form.padEnd(33)}${hides}`).join("\n");

/** The mask that a text such as "half:left" names; undefined if its first word is no kind of mask. Throws RangeError if what follows is wrong. */
export function parseMask(text: string): PixelMask | undefined {
  const [name, ...rest] = text.split(":");
  const named = kinds.filter((kind) => kind.name === name.trim());
  if (named.length === 0) return undefined;
  const mask = named[0].make(rest.length === 0 ? undefined : rest.join(":").trim());
  if (mask === undefined) throw new RangeError(`mask "${text}": expected ${named.map(({ form }) => form).join(" or ")}${name === "random" ? " with a RATE from 0 to 1" : ""}.`);
  return mask;
}

/** What to say of a text that is neither a kind of mask nor a file. */
export function unknownMask(text: string): string {
  return `mask "${text}": expected ${kinds.map(({ form }) => form).join(", ")}, or a picture that is dark where pixels are hidden; there is no such kind and no such file.`;
}

function rectangle(text: string): PixelMask | undefined {
  const [top, left, height, width, ...more] = text.split(",").map(whole);
  return more.length === 0 && [top, left].every((n) => n >= 0) && [height, width].every((n) => n >= 1) ? fixedRectangleMask(top, left, height, width) : undefined;
}

function number(text: string | undefined): number {
  return text !== undefined && /^\d*\.?\d+$|^\d+\.$/.test(text) ? Number(text) : Number.NaN;
}

function whole(text: string): number {
  return /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : Number.NaN;
}

function within(value: number, least: number, most: number, make: (value: number) => PixelMask): PixelMask | undefined {
  return value >= least && value <= most ? make(value) : undefined;
}
