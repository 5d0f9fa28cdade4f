import { unzipSync } from "fflate";
import { gunzip } from "../data/index.ts";
import { FetchError } from "./fetch-error.ts";

/** More than any member has; what claims to be larger is not unpacked. */
const mostBytes = 256 * 2 ** 20;
/** Zips within zips within the download. */
const deepest = 2;

/** The text in a download: itself, what its gzip holds, or a member of its zip or of a zip within. Throws FetchError. */
export async function unpack(bytes: Uint8Array, file: string, member?: string): Promise<Uint8Array> {
  if (member !== undefined) {
    if (!isZip(bytes)) throw new FetchError(`${file}: expected a zip archive, got something else (${bytes.length} bytes).`);
    const found = membersOf(bytes, file, member, deepest);
    if (found.length === 1) return found[0];
    throw new FetchError(`${file}: expected one member "${member}", found ${found.length}; the archive has changed.`);
  }
  try {
    return await gunzip(bytes, file);
  } catch (cause) {
    throw new FetchError((cause as Error).message);
  }
}

function membersOf(bytes: Uint8Array, file: string, member: string, depth: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const [path, content] of Object.entries(unzip(bytes, file, member))) {
    const name = baseName(path);
    if (name === member) found.push(content);
    else if (depth > 0 && isZip(content)) found.push(...membersOf(content, `${file}/${name}`, member, depth - 1));
  }
  return found;
}

function unzip(bytes: Uint8Array, file: string, member: string): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        const wanted = !name.startsWith("__MACOSX/") && (baseName(name) === member || /\.zip$/i.test(name));
        if (wanted && originalSize > mostBytes) throw new Error(`${name} claims ${originalSize} bytes`);
        return wanted;
      },
    });
  } catch (cause) {
    throw new FetchError(`${file}: the zip archive is damaged (${(cause as Error).message}).`);
  }
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

function baseName(path: string): string {
  return path.slice(1 + Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")));
}
