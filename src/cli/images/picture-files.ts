import { readdir, readFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { formatSize, TableError, type ImageSet, type TableProblem } from "../../data/index.ts";
import { describe } from "../../fetch/file-faults.ts";
import { decodePicture, PictureProblem, sideBySide, type Picture } from "./decode.ts";
import type { Shape } from "./shape-options.ts";

const pictureName = /\.(png|jpe?g)$/i;
/** A picture of more pixels is no input of a model; without --size it would fill the memory. */
const mostPixels = 256 * 256;

/** Names of the pictures in a folder and in those inside it, "2.png" before "10.png". Throws TableError if there are none. */
export async function picturesIn(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = entries.map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/"));
  const names = files.filter((name) => pictureName.test(name) && !name.split("/").some((part) => part.startsWith(".")));
  if (names.length > 0) return names.sort(new Intl.Collator("en", { numeric: true }).compare);
  const idx = files.find((name) => /images[-.]idx\d/.test(name));
  const found = files.length === 0 ? "an empty folder" : `${files.length} other file${files.length === 1 ? "" : "s"}, such as "${files.sort()[0]}"`;
  throw new TableError([{ message: `expected PNG or JPEG files, got ${found}${idx === undefined ? "; name the folder that holds them." : `; name one of the IDX files, such as ${join(folder, idx)}.`}` }], basename(folder));
}

/** The pictures of some files as a set of one size. Throws TableError with all problems of all files. */
export async function readPictures(folder: string, names: readonly string[], shape: Shape, source: string): Promise<ImageSet> {
  const pictures = new Array<Picture | undefined>(names.length);
  const problems: TableProblem[] = [];
  const failures = new Array<string | undefined>(names.length);
  await sideBySide(names.length, async (i) => {
    try {
      const picture = await decodePicture(new Uint8Array(await readFile(join(folder, names[i]))), shape);
      // too large a one is counted, not kept
      pictures[i] = picture.height * picture.width > mostPixels ? { ...picture, pixels: new Uint8Array(0) } : picture;
    } catch (cause) {
      failures[i] = `${names[i]}: ${cause instanceof PictureProblem ? cause.message : `cannot be read: ${describe(cause)}.`}`;
    }
  });
  for (const message of failures) if (message !== undefined) problems.push({ message });
  const good = pictures.filter((picture) => picture !== undefined);
  problems.push(...mixture(good));
  if (problems.length > 0) throw new TableError(problems, source);
  const { height, width, channels } = good[0];
  const each = height * width * channels;
  const pixels = new Uint8Array(names.length * each);
  good.forEach((picture, i) => pixels.set(picture.pixels, i * each));
  return { count: names.length, height, width, channels, pixels, names };
}

/** What keeps pictures from being one set: several sizes, grey beside colour, too many pixels. */
function mixture(pictures: readonly Picture[]): TableProblem[] {
  const problems: TableProblem[] = [];
  const sizes = counts(pictures.map(({ height, width }) => `${height} x ${width}`));
  if (sizes.length > 1) problems.push({ message: `expected pictures of one size, got ${listed(sizes)}; choose one with --size, such as --size ${sizes[0][0].replaceAll(" ", "")}.` });
  const channels = counts(pictures.map((picture) => (picture.channels === 1 ? "grey" : "in colour")));
  if (channels.length > 1) problems.push({ message: `expected pictures that are all grey or all in colour, got ${listed(channels)}; choose with --grey or --colour.` });
  const large = pictures.find(({ height, width }) => height * width > mostPixels);
  if (large !== undefined) problems.push({ message: `pictures of ${formatSize(large)}, have ${large.height * large.width} pixels; the most is ${mostPixels}. Make them smaller with --size, such as --size 64.` });
  return problems;
}

/** Each different text with its count, the most frequent first. */
function counts(texts: readonly string[]): [string, number][] {
  const found = new Map<string, number>();
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1);
  return [...found].sort(([, a], [, b]) => b - a);
}

function listed(found: readonly [string, number][]): string {
  const shown = found.slice(0, 4).map(([text, n]) => `${n} ${/^\d/.test(text) ? `of ${text}` : text}`);
  return `${shown.join(", ")}${found.length > 4 ? ` and ${found.length - 4} other sizes` : ""}`;
}
