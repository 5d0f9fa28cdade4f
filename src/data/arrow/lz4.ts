/** Larger buffers are not unpacked. */
const largest = 2 ** 30;

/** Unpacks a frame of LZ4, as Arrow compresses buffers. Blocks may refer to those before them. Throws plain errors for damaged data. */
export function decompressLz4Frame(input: Uint8Array): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (view.getUint32(0, true) !== 0x184d2204) throw new Error("a buffer is no LZ4 frame");
  const flags = input[4];
  const [blockChecksums, hasSize, hasDictionary] = [flags & 16, flags & 8, flags & 1];
  let at = 6 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0) + 1;
  const output = new Output(4 * input.length);
  for (let size = view.getUint32(at, true); size !== 0; size = view.getUint32(at, true)) {
    at += 4;
    const length = size & 0x7fffffff;
    if (at + length > input.length) throw new RangeError(`an LZ4 block of ${length} bytes`);
    const block = input.subarray(at, at + length);
    if (size >>> 31) output.append(block);
    else unpackBlock(block, output);
    at += length + (blockChecksums ? 4 : 0);
  }
  return output.bytes();
}

/** Sequences of literal bytes, then a piece of what was written already. */
function unpackBlock(input: Uint8Array, output: Output): void {
  let at = 0;
  const length = (short: number): number => {
    let total = short;
    for (let byte = short === 15 ? 255 : 0; byte === 255; total += byte) {
      if (at >= input.length) throw new RangeError("an LZ4 block is cut off");
      byte = input[at++];
    }
    return total;
  };
  while (at < input.length) {
    const token = input[at++];
    const literals = length(token >> 4);
    if (at + literals > input.length) throw new RangeError("an LZ4 block is cut off");
    output.append(input.subarray(at, at + literals));
    at += literals;
    if (at >= input.length) return;
    const distance = input[at] | (input[at + 1] << 8);
    at += 2;
    output.repeat(distance, length(token & 15) + 4);
  }
}

class Output {
  private buffer: Uint8Array;
  private length = 0;

  constructor(size: number) {
    this.buffer = new Uint8Array(Math.max(64, size));
  }

  append(bytes: Uint8Array): void {
    this.grow(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  repeat(distance: number, count: number): void {
    if (!(distance >= 1 && distance <= this.length)) throw new RangeError(`an LZ4 block refers to ${distance} bytes before`);
    this.grow(count);
    // byte by byte: a piece may reach into itself
    for (let end = this.length + count; this.length < end; this.length++) this.buffer[this.length] = this.buffer[this.length - distance];
  }

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private grow(by: number): void {
    const needed = this.length + by;
    if (needed > largest) throw new RangeError(`a buffer of more than ${largest} bytes`);
    if (needed <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.buffer.length));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}
