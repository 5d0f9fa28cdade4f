const [quote, lineFeed, carriageReturn] = [34, 10, 13];

/** Finds the ends of CSV records in bytes that come piece by piece. The delimiter is one ASCII character. */
export class RecordScanner {
  private readonly mark: number;
  private state: "field start" | "field" | "quoted" | "after quote" | "after return" = "field start";
  /** Line breaks so far: CRLF counts once, those inside quotes too. */
  breaks = 0;
  private returned = false;

  constructor(delimiter: string) {
    this.mark = delimiter.charCodeAt(0);
  }

  /** Reads further bytes; `onRecord` gets the place just after each record that ends in them, counted from the piece's first byte. */
  read(piece: Uint8Array, onRecord: (end: number) => void): void {
    for (let at = 0; at < piece.length; at++) {
      const code = piece[at];
      if (code === lineFeed ? !this.returned : code === carriageReturn) this.breaks++;
      this.returned = code === carriageReturn;
      if (this.state === "after return") {
        // CRLF is one break
        if (code === lineFeed) {
          onRecord(at + 1);
          this.state = "field start";
          continue;
        }
        onRecord(at);
        this.state = "field start";
      }
      if (this.state === "quoted") {
        if (code === quote) this.state = "after quote";
      } else if (this.state === "after quote" && code === quote) {
        this.state = "quoted"; // a doubled quote
      } else if (code === quote && this.state === "field start") {
        this.state = "quoted";
      } else if (code === lineFeed) {
        onRecord(at + 1);
        this.state = "field start";
      } else if (code === carriageReturn) {
        this.state = "after return";
      } else {
        this.state = code === this.mark ? "field start" : "field";
      }
    }
  }
}
