import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readFile, realpath } from "node:fs/promises";
import { extname, join, sep } from "node:path";

/** Types of the files that a page is made of; others are bytes. */
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".csv": "text/csv; charset=utf-8",
  ".json": "application/json; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".png": "image/png", ".wasm": "application/wasm", ".woff2": "font/woff2",
};

/** Answers GET and HEAD with a file of a folder: 200, or 206, 304 and 416 where the request asks for a range or what has changed. Returns false, with nothing sent, where there is no such file. */
export async function sendFile(root: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const file = await fileOf(root, request.url ?? "");
  if (!file) return false;
  const { bytes, type } = file;
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  response.setHeader("ETag", etag);
  response.setHeader("Accept-Ranges", "bytes");
  if (tagged(request.headers["if-none-match"], etag)) {
    response.writeHead(304).end();
    return true;
  }
  const { range, "if-range": ifRange } = request.headers;
  const part = range === undefined || (ifRange !== undefined && ifRange !== etag) ? undefined : rangeOf(range, bytes.length);
  if (part === "none") {
    response.writeHead(416, { "Content-Range": `bytes */${bytes.length}`, "Content-Type": "text/plain; charset=utf-8" }).end(request.method === "HEAD" ? undefined : `the file has ${bytes.length} bytes, and the range is none of them\n`);
    return true;
  }
  const body = part ? bytes.subarray(part.start, part.end + 1) : bytes;
  response.writeHead(part ? 206 : 200, { "Content-Type": type, "Content-Length": body.length, ...(part && { "Content-Range": `bytes ${part.start}-${part.end}/${bytes.length}` }) });
  response.end(request.method === "HEAD" ? undefined : body);
  return true;
}

/** The file that an address names, index.html for a folder; undefined where there is none, it is hidden, or it lies outside. */
async function fileOf(root: string, url: string): Promise<{ bytes: Uint8Array; type: string } | undefined> {
  const path = pathOf(url);
  if (path === undefined) return undefined;
  const name = path.endsWith("/") ? `${path}index.html` : path;
  if (name.split("/").some((part) => part.startsWith("."))) return undefined;
  try {
    const place = await realpath(join(root, name));
    if (!place.startsWith(`${await realpath(root)}${sep}`)) return undefined;
    return { bytes: await readFile(place), type: types[extname(name).toLowerCase()] ?? "application/octet-stream" };
  } catch {
    // not there, or a folder
    return undefined;
  }
}

/** The path of an address, decoded; undefined where it is none. */
function pathOf(url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0];
  if (!path.startsWith("/")) return undefined;
  try {
    const decoded = decodeURIComponent(path);
    return /[\0\\]/.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}

/** The one range of bytes that is asked for (RFC 9110, 14.2); undefined: several, or of another unit, which may be passed over; "none": there are no such bytes. */
export function rangeOf(header: string, size: number): { start: number; end: number } | "none" | undefined {
  if (!/^bytes=/i.test(header) || header.includes(",")) return undefined;
  const match = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header);
  if (!match || (match[1] === "" && match[2] === "")) return "none";
  // -n: the last n bytes
  const [start, end] = match[1] === "" ? [Math.max(0, size - Number(match[2])), size - 1] : [Number(match[1]), match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1)];
  return start <= end && start < size ? { start, end } : "none";
}

function tagged(header: string | undefined, etag: string): boolean {
  return header !== undefined && (header.trim() === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === etag));
}
