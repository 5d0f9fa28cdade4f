/** What pandas and R read as missing, and a question mark. In any case; "" too. Not "None", which far more tables have as a level: no alcohol, no damage. */
const everywhere = ["na", "n/a", "#n/a", "#n/a n/a", "#na", "nan", "-nan", "null", "<na>", "?", "1.#ind", "1.#qnan", "-1.#ind", "-1.#qnan"];

/** What means "missing" where the rest of a column is numbers or dates, and may be a level elsewhere. */
const amongNumbers = [
  ".", "..", "...", "-", "--", "---", "–", "—", "*", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "**", "***", "#", "_", "(d)", "(s)", "(x)", "(z)", "(na)", "none", "missing", "unknown", "unk", "undefined", "n.a.", "n.a", "n.d.", "nd", "n/d", "nil",
  "not available", "not applicable", "not known", "not done", "not measured", "not reported", "not recorded", "no data", "refused", "pending", "suppressed", "unbekannt", "k.a.", "k. a.", "keine angabe", "s/d", "sin dato", "s.o.",
];

const numericWords: ReadonlySet<string> = new Set(amongNumbers);

/** Whether a text among numbers or dates means that the value is missing. */
export function isMissingAmongNumbers(text: string): boolean {
  return text.length <= 15 && numericWords.has(text.toLowerCase());
}

export interface MissingRules {
  /** Tokens that the user declared; numbers are compared as numbers, texts in any case. */
  missing?: readonly string[];
  /** Texts that are values, whatever else is said here. */
  keep?: readonly string[];
  /** Whether the rest of the column is numbers or dates. */
  numeric?: boolean;
}

const usual = new Set(everywhere);

/** Whether a cell is missing by these rules. */
export function missingTest({ missing = [], keep = [], numeric = false }: MissingRules): (cell: string) => boolean {
  const lower = (text: string): string => text.trim().toLowerCase();
  let words: ReadonlySet<string> = usual;
  if (numeric || missing.length > 0 || keep.length > 0) {
    const all = new Set([...everywhere, ...(numeric ? amongNumbers : []), ...missing.map(lower)]);
    for (const text of keep) all.delete(lower(text));
    words = all;
  }
  const numbers = new Set(missing.map(asNumber).filter((value) => !Number.isNaN(value)));
  const longest = Math.max(...[...words].map((word) => word.length));
  // few words begin with a digit: most cells of numbers are told at a glance
  const digits = [...words].some((word) => /^\d/.test(word) && !word.startsWith("1.#")) || numbers.size > 0;
  return (cell) => {
    const first = cell.charCodeAt(0);
    if (!digits && first >= 48 && first <= 57 && cell.charCodeAt(2) !== 35) return false;
    const token = cell.trim();
    if (token === "") return true;
    if (token.length <= longest && words.has(token.toLowerCase())) return true;
    return numbers.size > 0 && numbers.has(asNumber(token));
  };
}

/** NaN for what is no number; -0 is 0. */
function asNumber(token: string): number {
  const text = token.trim().replace(",", ".");
  return text === "" ? Number.NaN : Number(text) + 0;
}
