/*
 * Arrow's metadata are FlatBuffers, and their readers trust every length in them: one flipped bit makes them count to two thousand millions. Here
 * all lengths are checked against the bytes there are, before anything else reads them.
 */
const deepest = 32;
/** More fields than this are no table. */
const mostFields = 100_000;

interface Region {
  bytes: Uint8Array;
  view: DataView;
}

function region(bytes: Uint8Array): Region {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Where a field of the table at `at` stands; undefined if it is left out. Places outside throw. */
function fieldOf({ view }: Region, at: number, field: number): number | undefined {
  const table = at + view.getInt32(at, true);
  const list = table - view.getInt32(table, true);
  if (field >= view.getInt16(list, true)) return undefined;
  const offset = view.getInt16(list + field, true);
  return offset === 0 ? undefined : table + offset;
}

/** Where the items of a list begin and how many there are. */
function listOf({ view, bytes }: Region, at: number | undefined, stride: number): { first: number; count: number } {
  if (at === undefined) return { first: 0, count: 0 };
  const base = at + view.getInt32(at, true);
  const count = view.getInt32(base, true);
  if (!(count >= 0 && base + 4 + count * stride <= bytes.length)) throw new RangeError(`a list of ${count} items`);
  return { first: base + 4, count };
}

/** Checks all messages of an Arrow file or stream. Throws plain errors. */
export function verifyArrow(bytes: Uint8Array, isFile: boolean): void {
  const whole = region(bytes);
  if (!isFile) {
    for (let at = 0; at < bytes.length; ) {
      const next = verifyMessage(whole, at);
      if (next === undefined) return;
      at = next;
    }
    return;
  }
  const end = bytes.length - 10;
  if (end < 8 || String.fromCharCode(...bytes.subarray(end + 4)) !== "ARROW1") throw new Error("its end is missing");
  const length = whole.view.getInt32(end, true);
  const footer = end - length;
  if (!(length > 0 && footer >= 8)) throw new RangeError(`a footer of ${length} bytes`);
  const schema = fieldOf(whole, footer, 6);
  if (schema === undefined) throw new Error("it has no schema");
  verifySchema(whole, schema);
  verifyPairs(whole, fieldOf(whole, footer, 12));
  for (const field of [8, 10]) {
    const { first, count } = listOf(whole, fieldOf(whole, footer, field), 24);
    for (let i = 0; i < count; i++) verifyMessage(whole, Number(whole.view.getBigInt64(first + 24 * i, true)));
  }
}

/** Checks a message; returns where the next begins, undefined at the end of a stream. */
function verifyMessage({ bytes, view }: Region, start: number): number | undefined {
  let at = start;
  let length = view.getInt32(at, true);
  at += 4;
  if (length === -1) {
    length = view.getInt32(at, true);
    at += 4;
  }
  if (length === 0) return undefined;
  if (!(length > 0 && at + length <= bytes.length)) throw new RangeError(`a message of ${length} bytes`);
  const head = region(bytes.subarray(at, at + length));
  const place = fieldOf(head, 0, 6);
  const type = place === undefined ? 0 : head.bytes[place];
  const content = fieldOf(head, 0, 8);
  const bodyAt = fieldOf(head, 0, 10);
  const body = bodyAt === undefined ? 0 : Number(head.view.getBigInt64(bodyAt, true));
  const next = at + length + body;
  if (!(body >= 0 && next <= bytes.length)) throw new RangeError(`a message body of ${body} bytes`);
  if (content === undefined) return next;
  if (type === 1) verifySchema(head, content);
  else if (type === 2) {
    const batch = fieldOf(head, content, 6);
    if (batch !== undefined) verifyBatch(head, batch, body);
  } else if (type === 3) verifyBatch(head, content, body);
  else throw new Error(`a message of type ${type}`);
  return next;
}

function verifyBatch(head: Region, at: number, body: number): void {
  listOf(head, fieldOf(head, at, 6), 16);
  listOf(head, fieldOf(head, at, 12), 8);
  const { first, count } = listOf(head, fieldOf(head, at, 8), 16);
  for (let i = 0; i < count; i++) {
    const [offset, length] = [0, 8].map((part) => Number(head.view.getBigInt64(first + 16 * i + part, true)));
    if (!(offset >= 0 && length >= 0 && offset + length <= body)) throw new RangeError(`a buffer from byte ${offset} to ${offset + length} of ${body}`);
  }
}

function verifySchema(head: Region, at: number): void {
  let left = mostFields;
  const verifyField = (place: number, depth: number): void => {
    if (depth > deepest || --left < 0) throw new RangeError("too many fields within fields");
    verifyText(head, fieldOf(head, place, 4));
    verifyPairs(head, fieldOf(head, place, 16));
    const type = fieldOf(head, place, 8);
    const about = fieldOf(head, place, 10);
    // the numbers of a union's types
    if (type !== undefined && about !== undefined && head.bytes[type] === 14) listOf(head, fieldOf(head, about, 6), 4);
    const { first, count } = listOf(head, fieldOf(head, place, 14), 4);
    for (let i = 0; i < count; i++) verifyField(first + 4 * i, depth + 1);
  };
  const { first, count } = listOf(head, fieldOf(head, at, 6), 4);
  for (let i = 0; i < count; i++) verifyField(first + 4 * i, 0);
  verifyPairs(head, fieldOf(head, at, 8));
}

function verifyPairs(head: Region, at: number | undefined): void {
  const { first, count } = listOf(head, at, 4);
  for (let i = 0; i < count; i++) for (const field of [4, 6]) verifyText(head, fieldOf(head, first + 4 * i, field));
}

function verifyText(head: Region, at: number | undefined): void {
  listOf(head, at, 1);
}
