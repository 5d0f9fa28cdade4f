import { ModelFileError } from "../../nn/model-file-error.ts";
import { checksumOf } from "../../nn/checksum.ts";
import { readSafetensors, writeSafetensors } from "../../nn/safetensors.ts";
import type { FileSet } from "../api.ts";
import { parseModel } from "./parse-model.ts";
import { checkSum, writeWeights } from "./weights-file.ts";

/** What the name of a model in one file ends in. */
export const modelSuffix = ".hhvaem";

const format = "hhvaem model file";
const version = "1";
const weightsName = "weights.safetensors";
/** Files whose text stands in the metadata under their own name. */
const texts = ["config.json", "schema.json", "log.jsonl"];
const remedy = "use a file that `hhvaem convert` or the web page wrote; if it is one, it is damaged: write it again";

/** A model's files as one: a safetensors file of the weights, the other files as texts in its metadata. Throws ModelFileError, SchemaError. */
export function packModel(files: FileSet): Uint8Array {
  parseModel(files);
  const metadata: Record<string, string> = { format, version };
  for (const name of texts) {
    const bytes = files.get(name);
    // a BOM stays, so that the same bytes come back
    if (bytes) metadata[name] = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }
  const { tensors } = readSafetensors(files.get(weightsName)!, weightsName);
  return writeSafetensors(tensors, { ...metadata, checksum: checksumOf(tensors, textsOf(metadata)) });
}

/** The files of a model that `packModel` wrote, checked against each other. `source` names the file in messages. Throws ModelFileError, SchemaError. */
export function unpackModel(bytes: Uint8Array, source = "model file"): FileSet {
  // the first byte of a safetensors file's header
  if (bytes[8] !== 0x7b) throw new ModelFileError({ where: source, expected: "a model in one file", got: bytes.length === 0 ? "an empty file" : "a file of another kind", remedy });
  const { tensors, metadata } = readSafetensors(bytes, source);
  checkMetadata(metadata, `${source}, __metadata__`);
  const files = new Map<string, Uint8Array>();
  for (const name of texts) if (Object.hasOwn(metadata, name)) files.set(name, new TextEncoder().encode(metadata[name]));
  files.set(weightsName, writeWeights(tensors));
  // what is wrong is said by its name where it can be
  parseModel(files, source);
  checkSum(metadata, checksumOf(tensors, textsOf(metadata)), source);
  return files;
}

/** The model's texts of a file's metadata. */
function textsOf(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(texts.filter((name) => Object.hasOwn(metadata, name)).map((name) => [name, metadata[name]]));
}

function checkMetadata(metadata: Readonly<Record<string, string>>, where: string): void {
  const names = Object.keys(metadata);
  if (!names.includes("format")) {
    const got = names.length === 0 ? "none: these are weights alone" : `${names.map(show).join(", ")}: these are weights of something else`;
    throw new ModelFileError({ where, expected: `an entry format: "${format}"`, got, remedy: "for a model folder's weights.safetensors, give the folder instead" });
  }
  if (metadata.format !== format || metadata.version !== version) {
    const got = `format ${show(metadata.format)}, version ${show(Object.hasOwn(metadata, "version") ? metadata.version : undefined)}`;
    const newer = metadata.format === format ? "the file is of another version of hhvaem; open it with that version" : "for a model folder's weights.safetensors, give the folder instead";
    throw new ModelFileError({ where, expected: `format "${format}", version ${version}`, got, remedy: newer });
  }
  const unknown = names.filter((name) => !["format", "version", "checksum", ...texts].includes(name));
  if (unknown.length > 0) throw new ModelFileError({ where, expected: `only format, version, ${texts.join(", ")}`, got: unknown.map(show).join(", "), remedy });
}

function show(text: string | undefined): string {
  if (text === undefined) return "none";
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
