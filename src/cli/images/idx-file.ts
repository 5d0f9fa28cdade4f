import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isIdx, readIdxImages, readIdxLabels, readTableBytes, TableError, type ImageSet, type RawTable } from "../../data/index.ts";
import { readInput } from "../inputs/files.ts";

/** The pictures of an IDX file, given its bytes, with the labels that are given or lie beside it. Throws TableError. */
export async function readIdxSet(path: string, bytes: Uint8Array, labelsPath = labelsBeside(path)): Promise<ImageSet> {
  const set = readIdxImages(bytes, basename(path));
  if (labelsPath === undefined) return set;
  const labels = await readLabels(labelsPath);
  if (labels.rows !== set.count) {
    throw new TableError([{ message: `expected ${set.count} labels, one for each picture of ${basename(path)}, got ${labels.rows}; take the file that belongs to it.` }], basename(labelsPath));
  }
  return { ...set, labels };
}

/** Labels as an IDX file, or as a table with a row for each picture. */
async function readLabels(path: string): Promise<RawTable> {
  const bytes = await readInput(path);
  return isIdx(bytes) ? readIdxLabels(bytes, basename(path)) : readTableBytes(bytes, { source: basename(path) });
}

/** train-images-idx3-ubyte -> train-labels-idx1-ubyte, gzipped or not, if there is one. */
export function labelsBeside(path: string): string | undefined {
  const name = basename(path).replace(/\.gz$/i, "");
  const labels = name.replace(/images([-.])idx\d/, "labels$1idx1");
  if (labels === name) return undefined;
  return [labels, `${labels}.gz`].map((file) => join(dirname(path), file)).find((file) => existsSync(file));
}
