import { shownValue } from "../../math/shown-value.ts";
/** What one setting may be: the end of a sentence for people, the test, and the values that are taken where nothing is said. */
export interface Setting<V = unknown> {
  readonly expected: string;
  fits(value: unknown): boolean;
  /** Bounds of a number, for forms. */
  readonly least?: number;
  /** What is taken unless something else is asked for. */
  readonly usual?: V;
  /** What a model file from before the setting existed was trained with. */
  readonly earlier?: V;
  /** Whether it may be left out of a whole configuration. */
  readonly optional?: true;
}

type Leaf = string | number | boolean | readonly unknown[];

/** A setting for every leaf of a configuration. */
export type Settings<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> extends Leaf ? Setting<NonNullable<T[K]>> : Settings<NonNullable<T[K]>> };

/** A configuration of which any part may be left out. */
export type PartOf<T> = { readonly [K in keyof T]?: NonNullable<T[K]> extends Leaf ? T[K] : PartOf<NonNullable<T[K]>> };

type More<V> = Pick<Setting<V>, "usual" | "earlier" | "optional">;

/** What no size of a model comes near: far beyond it a device would be lost. */
const mostOfAny = 1_000_000;

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

export const whole = (least: number, more: More<number> = {}): Setting<number> => ({ least, expected: `a whole number from ${least} on`, fits: (value) => Number.isInteger(value) && (value as number) >= least, ...more });
/** A whole number that the device's memory depends on. */
export const size = (least: number, more: More<number> = {}, most = mostOfAny): Setting<number> => ({ ...whole(least, more), fits: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most, expected: `a whole number from ${least} to ${most}` });
const number = (expected: string, inside: (value: number) => boolean) => (more: More<number> = {}): Setting<number> => ({ expected, fits: (value) => isNumber(value) && inside(value), ...more });
export const above0 = number("a number above 0", (value) => value > 0);
export const below1 = number("a number from 0 to below 1", (value) => value >= 0 && value < 1);
export const share = number("a number from 0 to 1", (value) => value >= 0 && value <= 1);
export const between0And1 = number("a number between 0 and 1", (value) => value > 0 && value < 1);
export const flag = (more: More<boolean> = {}): Setting<boolean> => ({ expected: "true or false", fits: (value) => typeof value === "boolean", ...more });
export const oneOf = <N extends string>(names: readonly N[], more: More<N> = {}): Setting<N> => ({ expected: `one of ${names.map((name) => `"${name}"`).join(", ")}`, fits: (value) => names.some((name) => name === value), ...more });
/** A list of values of a kind; of any length but 0 where none is told. */
export const list = <V extends readonly unknown[]>(expected: string, of: Setting, length?: number, more: More<V> = {}): Setting<V> => ({
  expected,
  fits: (value) => Array.isArray(value) && (length === undefined ? value.length > 0 : value.length === length) && value.every((item) => of.fits(item)),
  ...more,
});

/** A setting that is wrong. */
export interface WrongSetting {
  /** Its name, after those of the groups it stands in. */
  path: readonly string[];
  expected: string;
  got: unknown;
  /** Where there is no such setting: those that there are. */
  known?: readonly string[];
}

/** All settings that are wrong. `complete`, as for a file: none may be missing that its version had, and what a later version may have added is passed over. */
export function wrongSettings<T>(given: unknown, settings: Settings<T>, { complete = false, within = [] as readonly string[] } = {}): WrongSetting[] {
  if (!isObject(given)) return [{ path: within, expected: "an object of settings", got: given }];
  const known = settings as Readonly<Record<string, Setting | Settings<unknown>>>;
  return Object.keys(complete ? known : given).flatMap((name): WrongSetting[] => {
    const path = [...within, name];
    const got = Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined;
    if (!Object.hasOwn(known, name)) return [{ path, expected: "a setting", got, known: Object.keys(known) }];
    const setting = known[name];
    // a group, such as that of the completion network, may be left out as a whole
    if (!isSetting(setting)) return complete && got === undefined ? [] : wrongSettings(got, setting, { complete, within: path });
    const mayLack = complete && (setting.optional || setting.earlier !== undefined);
    return (mayLack && got === undefined) || setting.fits(got) ? [] : [{ path, expected: setting.expected, got }];
  });
}

/** All that is wrong with settings that somebody wrote, a sentence each; `place` says where they stand. */
export function settingProblems<T>(given: unknown, settings: Settings<T>, place: string): string[] {
  return wrongSettings(given, settings).map(({ path, expected, got, known }) => {
    if (known) return `${[place, ...path.slice(0, -1)].join(".")}: there is no setting "${path.at(-1)}"; there are ${known.join(", ")}.`;
    return `${[place, ...path].join(".")}: expected ${expected}, got ${shownValue(got)}.`;
  });
}

/** The values that are taken where nothing is said, in the table's order; groups and settings without such a value are left out. */
export function usualOf<T>(settings: Settings<T>): T {
  const all = Object.entries(settings as Readonly<Record<string, Setting | Settings<unknown>>>);
  return Object.fromEntries(all.flatMap(([name, setting]) => (isSetting(setting) && setting.usual !== undefined ? [[name, setting.usual]] : []))) as T;
}

/** Settings from a file, with what those from before a setting existed were trained with; the order of the others stays, so that writing gives the same bytes. */
export function withEarlier<T extends object>(given: T, settings: object): T {
  const all = Object.entries(settings as Readonly<Record<string, Setting | object>>);
  const complete = { ...given } as Record<string, unknown>;
  for (const [name, setting] of all) {
    const own = complete[name];
    if (!isSetting(setting)) {
      if (isObject(own)) complete[name] = withEarlier(own, setting);
    } else if (setting.earlier !== undefined && !Object.hasOwn(complete, name)) complete[name] = setting.earlier;
  }
  return complete as T;
}

/** Settings with some of them replaced, at any depth. */
export function withSettings<T>(settings: T, given: PartOf<T> = {}): T {
  const replaced = Object.entries(given).map(([name, value]) => [name, isObject(value) ? withSettings((settings as Record<string, unknown>)[name], value) : value]);
  return { ...settings, ...Object.fromEntries(replaced) } as T;
}

function isSetting(setting: unknown): setting is Setting {
  return typeof (setting as Setting).fits === "function";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
