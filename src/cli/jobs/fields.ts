/** What a field of a job may be: the end of a sentence for people, and the test. */
export interface Field {
  readonly expected: string;
  fits(value: unknown): boolean;
  /** What is wrong inside it; without it `fits` says all. */
  problems?(value: unknown, path: string): string[];
  readonly optional?: true;
}

/** A field for every setting of a job. */
export type Fields<Settings> = { readonly [Name in keyof Settings]-?: Field };

/** No text of a job is longer; no list of texts has more. */
const [longest, most] = [10_000, 100_000];

export const text: Field = { expected: `a text of at most ${longest} characters`, fits: (value) => typeof value === "string" && value.length <= longest };
export const texts: Field = { expected: `a list of at most ${most} texts`, fits: (value) => Array.isArray(value) && value.length <= most && value.every(text.fits) };
export const flag: Field = { expected: "true or false", fits: (value) => typeof value === "boolean" };

export function whole(least: number, greatest: number): Field {
  return { expected: `a whole number from ${least} to ${greatest}`, fits: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= greatest };
}

/** Ends excluded. */
export function between(low: number, high: number): Field {
  return { expected: `a number between ${low} and ${high}`, fits: (value) => typeof value === "number" && value > low && value < high };
}

export const number: Field = { expected: "a finite number", fits: (value) => typeof value === "number" && Number.isFinite(value) };

export function oneOf(names: readonly string[]): Field {
  return { expected: `one of ${names.join(", ")}`, fits: (value) => names.some((name) => name === value) };
}

/** Where a file or folder is, or is to be. */
export const path: Field = { expected: "an absolute path without . or .. in it", fits: (value) => text.fits(value) && isPlainPath(value as string) };

function isPlainPath(value: string): boolean {
  return !value.includes("\0") && /^([A-Za-z]:)?[\\/]/.test(value) && !value.split(/[\\/]/).some((part) => part === ".." || part === ".");
}

export function optional(field: Field): Field {
  return { ...field, optional: true };
}

/** An object with these fields and no others. */
export function record<Settings>(fields: Fields<Settings>): Field {
  return { expected: "an object", fits: isObject, problems: (value, at) => fieldProblems(value, fields, at) };
}

/** A list of at most so many objects, which have one of these sets of fields. */
export function listOf(expected: string, atMost: number, shapes: readonly Readonly<Record<string, Field>>[]): Field {
  const isOne = (value: unknown): boolean => shapes.some((fields) => fieldProblems<Record<string, unknown>>(value, fields, "").length === 0);
  return { expected: `a list of at most ${atMost} ${expected}`, fits: (value) => Array.isArray(value) && value.length <= atMost && value.every(isOne) };
}

/** A field that is right or has this to say. */
export function checked(expected: string, problem: (value: unknown) => string | undefined): Field {
  return { expected, fits: (value) => problem(value) === undefined };
}

/** All that is wrong with an object, a sentence each; `at` says where it stands. */
export function fieldProblems<Settings>(given: unknown, fields: Fields<Settings>, at: string): string[] {
  if (!isObject(given)) return [`${at}: expected an object, got ${shown(given)}.`];
  const known = new Map(Object.entries(fields as Record<string, Field>));
  const foreign = Object.keys(given).filter((name) => !known.has(name)).map((name) => `${at}: expected only ${[...known.keys()].join(", ")}, got ${shown(name)} too.`);
  return [
    ...foreign,
    ...[...known].flatMap(([name, field]) => {
      const value = Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined;
      if (value === undefined && field.optional) return [];
      if (!field.fits(value)) return [`${at}.${name}: expected ${field.expected}, got ${shown(value)}.`];
      return field.problems?.(value, `${at}.${name}`) ?? [];
    }),
  ];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
