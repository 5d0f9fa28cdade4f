/** The chosen variant by adapter and question. */
export type Choices = Record<string, Record<string, string>>;

/** The choices in a store's text. Text that is damaged, foreign or of another version holds none: they are measured again. */
export function parseChoices(text: string | undefined): Choices {
  if (text === undefined) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return {};
  }
  if (!isRecord(parsed) || parsed.format !== "hhvaem-tuning" || parsed.version !== 1 || !isRecord(parsed.choices)) return {};
  const adapters = Object.entries(parsed.choices).filter((entry): entry is [string, Record<string, unknown>] => isRecord(entry[1]));
  return Object.fromEntries(
    adapters.map(([adapter, answers]) => [adapter, Object.fromEntries(Object.entries(answers).filter((entry): entry is [string, string] => typeof entry[1] === "string"))]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
