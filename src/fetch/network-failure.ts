/** What went wrong with a connection, in plain words, and whether another try may help. */
interface NetworkFailure {
  words: string;
  again: boolean;
}

const words: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name could not be looked up",
  EAI_AGAIN: "its name could not be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection broke",
  EPIPE: "the connection broke",
  UND_ERR_SOCKET: "the connection broke",
  ETIMEDOUT: "there was no answer",
  UND_ERR_CONNECT_TIMEOUT: "there was no answer",
  UND_ERR_HEADERS_TIMEOUT: "there was no answer",
  UND_ERR_BODY_TIMEOUT: "there was no answer",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no network",
};

/** Reads what `fetch` threw: it says "fetch failed" and hides the reason in `cause`. */
export function networkFailure(thrown: unknown): NetworkFailure {
  const codes = codesOf(thrown);
  const known = codes.find((code) => code in words);
  if (known) return { words: words[known], again: true };
  const certificate = codes.find((code) => /CERT|SIGNATURE|^ERR_TLS|^ERR_SSL|^UNABLE_TO_/.test(code));
  if (certificate) return { words: `its certificate was not accepted (${certificate})`, again: false };
  return { words: codes[0] ?? innermost(thrown), again: true };
}

function codesOf(thrown: unknown): string[] {
  const found: string[] = [];
  for (let at = thrown as { code?: unknown; cause?: unknown } | undefined; at instanceof Object && found.length < 10; at = at.cause as typeof at) {
    if (typeof at.code === "string") found.push(at.code);
  }
  return found;
}

function innermost(thrown: unknown): string {
  let at = thrown;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at instanceof Error ? at.message : String(at);
}
