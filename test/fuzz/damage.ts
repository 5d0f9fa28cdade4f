import fc from "fast-check";

/** One thing that disks and networks do to a file, its places as shares of the length. */
export type Damage =
  | { kind: "flip"; at: number; bit: number }
  | { kind: "set"; at: number; value: number }
  | { kind: "length"; at: number; value: number }
  | { kind: "zeros" | "repeat" | "remove"; at: number; length: number }
  | { kind: "move"; at: number; from: number; length: number }
  | { kind: "cut"; at: number };

const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const length = fc.integer({ min: 1, max: 64 });

/** Up to four of them. */
export const damages: fc.Arbitrary<Damage[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("flip" as const), at, bit: fc.nat(7) }),
    fc.record({ kind: fc.constant("set" as const), at, value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff) }),
    // four bytes that may be a length
    fc.record({ kind: fc.constant("length" as const), at, value: fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 65_536, 1_000_000) }),
    fc.record({ kind: fc.constantFrom("zeros" as const, "repeat" as const, "remove" as const), at, length }),
    fc.record({ kind: fc.constant("move" as const), at, from: at, length }),
    fc.record({ kind: fc.constant("cut" as const), at }),
  ),
  { minLength: 1, maxLength: 4 },
);

/** A file after what was done to it. */
export function damaged(bytes: Uint8Array, all: readonly Damage[]): Uint8Array {
  return all.reduce<Uint8Array>(damagedOnce, bytes);
}

function damagedOnce(bytes: Uint8Array, damage: Damage): Uint8Array {
  const place = Math.floor(damage.at * bytes.length);
  // a Buffer's slice would be the file itself
  const out = new Uint8Array(bytes);
  switch (damage.kind) {
    case "flip":
      if (out.length > 0) out[place] ^= 1 << damage.bit;
      return out;
    case "set":
      if (out.length > 0) out[place] = damage.value;
      return out;
    case "length":
      for (let i = 0; i < 4 && place + i < out.length; i++) out[place + i] = (damage.value >>> (8 * i)) & 0xff;
      return out;
    case "zeros":
      return out.fill(0, place, place + damage.length);
    case "repeat":
      return joined(bytes.subarray(0, place + damage.length), bytes.subarray(place));
    case "remove":
      return joined(bytes.subarray(0, place), bytes.subarray(place + damage.length));
    case "move": {
      const from = Math.floor(damage.from * bytes.length);
      return out.copyWithin(place, from, from + damage.length);
    }
    case "cut":
      return out.subarray(0, place);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
