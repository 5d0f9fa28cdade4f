import { clock } from "../../report/clock.ts";

/** A line on standard error with rate and time left, redrawn a few times a second; nothing where it is no terminal. */
export class ProgressLine {
  private started = performance.now();
  private label = "";
  private first = 0;
  private drawn = -Infinity;

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  update(label: string, done: number, total: number | null, detail = ""): void {
    const now = performance.now();
    if (label !== this.label) {
      this.label = label;
      this.started = now;
      this.first = done;
      this.drawn = -Infinity;
    }
    if (!this.stream.isTTY || (now - this.drawn < 200 && (total === null || done < total))) return;
    this.drawn = now;
    const rate = (done - this.first) / Math.max(1e-3, (now - this.started) / 1000);
    if (total === null) return this.write(`${label} ${done}, ${rate.toPrecision(3)}/s`);
    const left = rate > 0 ? `, ${clock((total - done) / rate)} left` : "";
    const width = 20;
    const filled = Math.round((width * done) / Math.max(1, total));
    this.write(`${label} ${"#".repeat(filled)}${".".repeat(width - filled)} ${done}/${total}, ${rate.toPrecision(3)}/s${left}${detail ? `  ${detail}` : ""}`);
  }

  private write(line: string): void {
    this.stream.write(`\r\x1b[2K${line.slice(0, (this.stream.columns ?? 120) - 1)}`);
  }

  /** Clears the line. */
  done(): void {
    if (this.stream.isTTY) this.stream.write("\r\x1b[2K");
  }
}

/** How long the remaining pieces of a long run will take, from how long pieces of the same kind took. */
export class TimeLeft {
  private readonly took = new Map<string, { seconds: number; pieces: number }>();
  private readonly open = new Map<string, number>();

  /** Announces a piece that is still to do. */
  expect(kind: string): void {
    this.open.set(kind, (this.open.get(kind) ?? 0) + 1);
  }

  /** A piece is done; without its time it only leaves the list. */
  done(kind: string, seconds?: number): void {
    this.open.set(kind, Math.max(0, (this.open.get(kind) ?? 0) - 1));
    if (seconds === undefined) return;
    const { seconds: before, pieces } = this.took.get(kind) ?? { seconds: 0, pieces: 0 };
    this.took.set(kind, { seconds: before + seconds, pieces: pieces + 1 });
  }

  /** Seconds left; undefined while no piece was timed. A kind not yet seen counts as the mean of the kinds seen. */
  get seconds(): number | undefined {
    const means = [...this.took].map(([kind, { seconds, pieces }]) => [kind, seconds / pieces] as const);
    if (means.length === 0) return undefined;
    const other = means.reduce((total, [, mean]) => total + mean, 0) / means.length;
    const known = new Map(means);
    return [...this.open].reduce((total, [kind, pieces]) => total + pieces * (known.get(kind) ?? other), 0);
  }
}
