import { createInterface, type Interface } from "node:readline";

/** Questions and answers, line by line, from a terminal or a pipe. */
export class PromptLines {
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;
  private readonly terminal: boolean;

  constructor(
    private readonly output: NodeJS.WriteStream,
    input: NodeJS.ReadStream = process.stdin,
  ) {
    this.terminal = input.isTTY && output.isTTY;
    this.reader = createInterface(this.terminal ? { input, output, terminal: true } : { input });
    this.reader.on("SIGINT", () => this.reader.close());
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  /** The next line, without spaces around it; undefined at the end of the input and after Ctrl-C or Ctrl-D. */
  async ask(question: string): Promise<string | undefined> {
    if (this.terminal) {
      this.reader.setPrompt(question);
      this.reader.prompt();
    } else this.output.write(question);
    const { value, done } = (await this.lines.next()) as IteratorResult<string, undefined>;
    // a pipe does not show what was typed
    if (!this.terminal) this.output.write(done ? "\n" : `${value}\n`);
    return done ? undefined : value.trim();
  }

  close(): void {
    this.reader.close();
  }
}
