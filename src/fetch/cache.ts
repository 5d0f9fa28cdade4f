import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolders } from "./make-folders.ts";
import { type PartialFile, removeAbandoned, storageError } from "./partial-file.ts";
import type { RemoteFile } from "./source.ts";

/** What the first good download was, of a file whose checksum nobody has published. */
interface Record {
  url: string;
  sha256: string;
  bytes: number;
}

/** Downloaded files, each beside the record of its first download where no checksum is stated. */
export class Cache {
  private constructor(readonly folder: string) {}

  static async open(folder: string): Promise<Cache> {
    try {
      makeFolders(folder);
    } catch (cause) {
      throw storageError(folder, cause);
    }
    return new Cache(folder);
  }

  recordPath({ file }: RemoteFile): string {
    return join(this.folder, `${file}.first.json`);
  }

  /** The checksum that the file must have: the stated one, else that of the first download; null before that. */
  async expected(remote: RemoteFile): Promise<string | null> {
    if (remote.sha256 !== null) return remote.sha256;
    try {
      const { sha256 } = JSON.parse(await readFile(this.recordPath(remote), "utf8")) as Record;
      return typeof sha256 === "string" ? sha256 : null;
    } catch {
      return null;
    }
  }

  /** The file, if it is there and still what it was. */
  async read(remote: RemoteFile): Promise<{ bytes: Uint8Array; sha256: string } | "absent" | "damaged"> {
    const expected = await this.expected(remote);
    if (expected === null) return "absent";
    try {
      const bytes = new Uint8Array(await readFile(join(this.folder, remote.file)));
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      return sha256 === expected ? { bytes, sha256 } : "damaged";
    } catch {
      return "absent";
    }
  }

  /**
   * Keeps a download that proved good, and records it if it is the first. Of two processes that come first at once one makes the record; false if that one
   * downloaded something else.
   */
  async keep(remote: RemoteFile, partial: PartialFile, sha256: string): Promise<boolean> {
    if (remote.sha256 === null) {
      await this.record(remote, { url: remote.url, sha256, bytes: partial.size });
      if ((await this.expected(remote)) !== sha256) return false;
    }
    await partial.moveTo(join(this.folder, remote.file));
    await removeAbandoned(this.folder, remote.file);
    return true;
  }

  /** Makes the record unless there is a readable one; it appears whole. */
  private async record(remote: RemoteFile, record: Record): Promise<void> {
    const path = this.recordPath(remote);
    const written = `${path}.${randomBytes(4).toString("hex")}.tmp`;
    try {
      if (existsSync(path) && (await this.expected(remote)) === null) await rm(path, { force: true });
      await writeFile(written, `${JSON.stringify(record)}\n`);
      // unlike a rename, a link does not replace what another process has put there
      await link(written, path).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === "EEXIST") return undefined;
        // some file systems have no links
        if (["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"].includes(cause.code ?? "")) return rename(written, path);
        throw cause;
      });
    } catch (cause) {
      throw storageError(path, cause);
    } finally {
      await rm(written, { force: true });
    }
  }
}
