const [quote, lineFeed, carriageReturn] = [34, 10, 13];
const [fieldStart, inField, quoted, afterQuote, afterReturn] = [0, 1, 2, 3, 4];

/** Finds the ends of CSV records in bytes that come piece by piece. The delimiter is one ASCII character. */
export class RecordScanner {
  private readonly mark: number;
  private state = fieldStart;
  /** Line breaks so far: CRLF counts once, those inside quotes too. */
  breaks = 0;
  private returned = false;

  constructor(delimiter: string) {
    this.mark = delimiter.charCodeAt(0);
  }

  /** Reads further bytes; `onRecord` gets the place just after each record that ends in them, counted from the piece's first byte. */
  read(piece: Uint8Array, onRecord: (end: number) => void): void {
    const { mark } = this;
    let { state, returned } = this;
    for (let at = 0; at < piece.length; at++) {
      const code = piece[at];
      // most bytes are letters and digits within a field
      if (code > quote && code !== mark && (state === inField || state === quoted)) {
        returned = false;
        continue;
      }
      if (code === lineFeed ? !returned : code === carriageReturn) this.breaks++;
      returned = code === carriageReturn;
      if (state === afterReturn) {
        state = fieldStart;
        // CRLF is one break
        if (code === lineFeed) {
          onRecord(at + 1);
          continue;
        }
        onRecord(at);
      }
      if (state === quoted) {
        if (code === quote) state = afterQuote;
      } else if (code === quote && (state === afterQuote || state === fieldStart)) {
        // a doubled quote, or the first
        state = quoted;
      } else if (code === lineFeed) {
        onRecord(at + 1);
        state = fieldStart;
      } else if (code === carriageReturn) {
        state = afterReturn;
      } else {
        state = code === mark ? fieldStart : inField;
      }
    }
    this.state = state;
    this.returned = returned;
  }
}
