import { open, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isIdx, TableError, type ImageSet } from "../../data/index.ts";
import { describe } from "../../fetch/file-faults.ts";
import { isStream, readBytes, readInput, standard } from "../inputs/files.ts";
import { UsageError } from "../usage-error.ts";
import { isPicture, PictureProblem, reshapeSet } from "./decode.ts";
import { labelsBeside, readIdxSet } from "./idx-file.ts";
import { readNamedLabels } from "./named-labels.ts";
import { picturesIn, readPictures } from "./picture-files.ts";
import { readShape, type ShapeOptions } from "./shape-options.ts";

/** How to read pictures, as given on the command line. */
export interface ImageOptions extends ShapeOptions {
  /** An IDX file of labels, or a table: for IDX pictures a row each, for a folder a column with the files' names. */
  labels?: string;
}

/** Reads pictures: an IDX file, gzipped or not, a folder of PNG and JPEG files, or one such file. Throws TableError with all problems. */
export async function loadImages(path: string, options: ImageOptions = {}): Promise<ImageSet> {
  const shape = readShape(options);
  if (await isFolder(path)) return withNamedLabels(await readPictures(path, await picturesIn(path), shape, basename(path)), options.labels);
  const bytes = await readInput(path);
  if (!isIdx(bytes)) return withNamedLabels(await readPictures(dirname(path), [basename(path)], shape, ""), options.labels);
  try {
    return await reshapeSet(await readIdxSet(path, bytes, options.labels), shape);
  } catch (cause) {
    if (cause instanceof PictureProblem) throw new TableError([{ message: cause.message }], basename(path));
    throw cause;
  }
}

/** Whether a path holds pictures rather than a table: a folder, an IDX file, a PNG or a JPEG. Throws UsageError if it cannot be read. */
export async function holdsImages(path: string): Promise<boolean> {
  if (path === standard) return false;
  if (await isFolder(path)) return true;
  if (/\.gz$/i.test(path)) return /idx\d/i.test(basename(path));
  if (isStream(path)) {
    const start = await readBytes(path);
    return isIdx(start) || isPicture(start);
  }
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
    const start = buffer.subarray(0, bytesRead);
    return isIdx(start) || isPicture(start);
  } finally {
    await file.close();
  }
}

/** The files that are read for pictures, those of labels beside them included. Throws UsageError if there is nothing, TableError if there are no pictures. */
export async function filesOfImages(path: string): Promise<(string | undefined)[]> {
  return (await isFolder(path)) ? (await picturesIn(path)).map((name) => join(path, name)) : [path, labelsBeside(path)];
}

async function withNamedLabels(set: ImageSet, labels: string | undefined): Promise<ImageSet> {
  return labels === undefined ? set : { ...set, labels: await readNamedLabels(labels, set.names!) };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new UsageError(`cannot read ${path}: ${describe(cause)}.`);
  }
}
