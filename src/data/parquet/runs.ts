/**
 * The first `count` whole numbers of `width` bits from Parquet's mix of runs of one value and packed groups of eight. Throws RangeError where the
 * bytes end before them. Own code, because a damaged length must not keep the reader busy or fill the memory.
 */
export function readRuns(bytes: Uint8Array, width: number, count: number): Uint32Array {
  const values = new Uint32Array(count);
  if (width === 0) return values;
  if (width > 32) throw new RangeError(`numbers of ${width} bits`);
  let at = 0;
  const next = (): number => {
    if (at >= bytes.length) throw new RangeError("the values end too early");
    return bytes[at++];
  };
  for (let seen = 0; seen < count; ) {
    // a varint: twice the length of a run, or twice the number of groups and one
    let header = 0;
    for (let scale = 1, more = true; more; scale *= 128) {
      const byte = next();
      header += (byte & 127) * scale;
      more = byte > 127;
      if (scale > 2 ** 28) throw new RangeError("the length of a run has too many digits");
    }
    if (header % 2 === 0) {
      let value = 0;
      for (let i = 0; i < Math.ceil(width / 8); i++) value += next() * 256 ** i;
      const end = Math.min(count, seen + header / 2);
      values.fill(value, seen, end);
      seen = end;
    } else {
      const groups = (header - 1) / 2;
      const end = Math.min(count, seen + 8 * groups);
      unpack(bytes.subarray(at), width, values.subarray(seen, end));
      at += groups * width;
      seen = end;
    }
  }
  return values;
}

/** Fills `values` with numbers of `width` bits that lie close together, least significant bit first. */
function unpack(bytes: Uint8Array, width: number, values: Uint32Array): void {
  if (values.length * width > bytes.length * 8) throw new RangeError("the packed values end too early");
  let bit = 0;
  for (let i = 0; i < values.length; i++) {
    let value = 0;
    for (let got = 0; got < width; ) {
      const taken = Math.min(8 - (bit & 7), width - got);
      value += ((bytes[bit >>> 3] >>> (bit & 7)) & ((1 << taken) - 1)) * 2 ** got;
      got += taken;
      bit += taken;
    }
    values[i] = value;
  }
}
