import { crc32 } from "../../math/crc32.ts";

/** Samples of a pixel, and PNG's name for it: grey, RGB, RGB with opacity. */
const colourTypes: Readonly<Record<number, number>> = { 1: 0, 3: 2, 4: 6 };

/** A PNG file of bytes [H, W, C]; 1, 3 or 4 channels. */
export async function encodePng(pixels: Uint8Array, height: number, width: number, channels: number): Promise<Uint8Array> {
  if (!(channels in colourTypes) || pixels.length !== height * width * channels || pixels.length === 0) {
    throw new RangeError(`[encodePng] expected [${height}, ${width}, ${channels}] bytes with 1, 3 or 4 channels, got ${pixels.length}.`);
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8); // bits of a sample
  header.setUint8(9, colourTypes[channels]);
  // every line is preceded by its filter, none
  const line = width * channels;
  const lines = new Uint8Array(height * (line + 1));
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * line, (y + 1) * line), y * (line + 1) + 1);
  const parts = [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), chunk("IHDR", new Uint8Array(header.buffer)), chunk("IDAT", await zlib(lines)), chunk("IEND", new Uint8Array(0))];
  const file = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** Length, name, content, check sum. */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, crc32(bytes.subarray(4, content.length + 8)));
  return bytes;
}

async function zlib(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
