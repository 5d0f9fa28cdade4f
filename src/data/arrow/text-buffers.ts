import type { Buffers } from "./buffers.ts";

const encoder = new TextEncoder();

/** Buffers of texts that stand one behind the other. */
interface Texts {
  values: Uint8Array;
  offsets: Int32Array | BigInt64Array;
}

/** The texts of a batch with some filled in; 64-bit places where `large`. */
export function filledTexts({ length, values, offsets }: Buffers, fills: readonly (string | undefined)[], large: boolean): Texts {
  const bytes = (values as Uint8Array | undefined) ?? new Uint8Array(0);
  return joined(Array.from({ length }, (_, i) => (fills[i] === undefined ? (offsets ? bytes.subarray(Number(offsets[i]), Number(offsets[i + 1])) : new Uint8Array(0)) : encoder.encode(fills[i]))), large);
}

/** A batch of texts with further ones behind. */
export function addedTexts(batch: Buffers, added: readonly string[]): Buffers {
  const length = batch.length + added.length;
  const fills = [...Array<undefined>(batch.length), ...added];
  const validity = batch.nullCount > 0 && batch.validity ? Uint8Array.from({ length: Math.ceil(length / 8) }, (_, i) => bitsOf(batch, i)) : new Uint8Array(0);
  return { length, nullCount: batch.nullCount, type: batch.type, validity, ...filledTexts({ ...batch, length }, fills, false) };
}

/** Eight marks of a batch; 1 behind its end. */
function bitsOf({ length, validity }: Buffers, byte: number): number {
  let bits = 0;
  for (let bit = 0; bit < 8; bit++) if (8 * byte + bit >= length || (validity![byte] >> bit) & 1) bits |= 1 << bit;
  return bits;
}

function joined(texts: readonly Uint8Array[], large: boolean): Texts {
  const offsets = large ? new BigInt64Array(texts.length + 1) : new Int32Array(texts.length + 1);
  let at = 0;
  texts.forEach((bytes, i) => {
    at += bytes.length;
    offsets[i + 1] = (large ? BigInt(at) : at) as never;
  });
  const values = new Uint8Array(at);
  texts.forEach((bytes, i) => values.set(bytes, Number(offsets[i])));
  return { values, offsets };
}

/** The views of a batch with some texts filled in: those of up to 12 bytes stand in the view, others in a buffer of their own. */
export function filledViews({ values, data = [] }: Buffers, fills: readonly (string | undefined)[]): { values: Uint8Array; data: Uint8Array[] } {
  const views = (values as Uint8Array).slice();
  const view = new DataView(views.buffer);
  const long: Uint8Array[] = [];
  let end = 0;
  fills.forEach((text, i) => {
    if (text === undefined) return;
    const bytes = encoder.encode(text);
    views.fill(0, 16 * i, 16 * i + 16);
    view.setInt32(16 * i, bytes.length, true);
    views.set(bytes.subarray(0, bytes.length <= 12 ? 12 : 4), 16 * i + 4);
    if (bytes.length <= 12) return;
    view.setInt32(16 * i + 8, data.length, true);
    view.setInt32(16 * i + 12, end, true);
    long.push(bytes);
    end += bytes.length;
  });
  if (long.length === 0) return { values: views, data };
  return { values: views, data: [...data, joined(long, false).values] };
}
