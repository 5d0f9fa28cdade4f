import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { modelSuffix, packModel, unpackModel, type FileSet } from "../../model/index.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import { describe } from "../../fetch/file-faults.ts";
import { modelNames, readBytes, readModelFolder, writeModelFolder, writeOutput } from "../inputs/files.ts";
import { UsageError } from "../usage-error.ts";

/** Whether a path names a model in one file. */
export function namesModelFile(path: string): boolean {
  return path.toLowerCase().endsWith(modelSuffix);
}

/** The files of a model, from its folder or its one file. Throws ModelFileError, SchemaError; UsageError if it cannot be read. */
export async function readModelAt(path: string): Promise<FileSet> {
  const kind = await kindOf(path);
  if (kind === "file") return unpackModel(await readModelFile(path), basename(path));
  if (kind === "nothing" && namesModelFile(path)) {
    throw new ModelFileError({ where: path, expected: "a model file", got: "no such file", remedy: "check the path, or make one from a model folder with `hhvaem convert DIR -o FILE.hhvaem`" });
  }
  return readModelFolder(path);
}

/** The paths of a model's files, in a folder or in one file. */
export async function filesOfModel(path: string): Promise<string[]> {
  return (await kindOf(path)) === "folder" ? filesInFolder(path) : [path];
}

/** The paths of the files that a model folder has. */
export function filesInFolder(dir: string): string[] {
  return modelNames.map((name) => join(dir, name));
}

/** Writes a model as one file if the path ends in .hhvaem, else as a folder. */
export async function writeModelAt(path: string, files: FileSet): Promise<void> {
  if (namesModelFile(path)) await writeOutput(path, packModel(files));
  else await writeModelFolder(path, files);
}

export async function kindOf(path: string): Promise<"folder" | "file" | "nothing"> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    return "nothing";
  }
}

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    return await readBytes(path);
  } catch (cause) {
    throw new UsageError(`cannot read ${path}: ${describe(cause)}.`);
  }
}
