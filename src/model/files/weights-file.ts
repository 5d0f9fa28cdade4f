import { checksumOf } from "../../nn/checksum.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import { readSafetensors, writeSafetensors, type StoredTensor } from "../../nn/safetensors.ts";

export const modelFormat = { format: "hhvaem model", version: 1 } as const;

const remedy = "the file is damaged: restore it from a backup or train again";

/** weights.safetensors of a model folder, with its checksum in the metadata. */
export function writeWeights(weights: ReadonlyMap<string, StoredTensor>): Uint8Array<ArrayBuffer> {
  return writeSafetensors(weights, { format: modelFormat.format, checksum: checksumOf(weights) });
}

/** The tensors of a weight file, looked at by `check` first. Throws ModelFileError where they are not those that it was written with; files from before there were checksums have none. */
export function readWeights(bytes: Uint8Array, source: string, check: (tensors: ReadonlyMap<string, StoredTensor>) => void): ReadonlyMap<string, Required<StoredTensor>> {
  const { tensors, metadata } = readSafetensors(bytes, source);
  check(tensors);
  checkSum(metadata, checksumOf(tensors), source);
  return tensors;
}

/** Throws ModelFileError where a file's metadata state another checksum than that of what is in it. */
export function checkSum(metadata: Readonly<Record<string, string>>, found: string, where: string): void {
  if (Object.hasOwn(metadata, "checksum") && metadata.checksum !== found) throw new ModelFileError({ where, expected: `the checksum "${metadata.checksum}"`, got: `"${found}"`, remedy });
}
