import { basename } from "node:path";
import { readTableBytes, type ParseOptions, type RawTable } from "../data/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { loadModel, type Model } from "../model/index.ts";
import { readModelAt, writeModelAt } from "./models/model-paths.ts";
import { readInput } from "./inputs/files.ts";

/** Reads a table file: text, Excel, Parquet, Arrow or JSON, gzip too. Throws TableError with all problems of the file. */
export async function readTable(path: string, options: Omit<ParseOptions, "source"> = {}): Promise<RawTable> {
  return readTableBytes(await readInput(path), { ...options, source: basename(path) });
}

/** Reads a model from its folder or its one file. Throws ModelFileError if it is damaged or foreign. */
export async function load(gpu: Gpu, path: string): Promise<Model> {
  return loadModel(gpu, await readModelAt(path));
}

/** Writes a model: one file if the path ends in .hhvaem, else a folder. Each file is written beside its place and renamed. */
export async function save(model: Model, path: string): Promise<void> {
  await writeModelAt(path, await model.files());
}
