import { parseChoices, type Choices } from "./tuning-choices.ts";

/** Where choices are kept between runs: a file, a browser's local storage. */
export interface TuningStore {
  /** The text saved last; undefined if there is none. */
  load(): string | undefined;
  save(text: string): void;
}

export interface TuningOptions {
  /** Milliseconds, from any start. */
  clock: () => number;
  /** Default: choices last as long as the device. */
  store?: TuningStore;
  /** Measure anew what the store already knows. Default: false. */
  refresh?: boolean;
  /** About how long one question may take in milliseconds, compilation included. Default: 800. */
  budget?: number;
}

/** One way to do the work, compiled: `run` does it that many times and resolves when the device has finished. */
export interface Trial {
  run(times: number): Promise<void>;
}

/** What the trials of a question share, such as buffers, until `end`. */
interface Trials {
  prepare(variant: string): Promise<Trial>;
  end(): void;
}

/** A question whose answer is found by trying: which of the variants is fastest on this adapter? */
export interface Question {
  /** What is asked, such as a shape; together with the adapter the name under which the answer is kept. */
  name: string;
  /** The default first, the others in the order in which they are worth a try. */
  variants: readonly string[];
  trials(): Trials;
}

/** Another variant must need at most this share of the default's time: below it, differences are noise. */
const clearlyFaster = 0.93;

/** Answers questions by measurement, once for each adapter, and remembers the answers. Measures one question at a time. */
export class Tuning {
  private readonly choices: Choices;
  private readonly answers = new Map<string, Promise<string>>();
  private queue: Promise<unknown> = Promise.resolve();
  /** Questions that were measured, not remembered. */
  measured = 0;

  constructor(
    /** All that the answers depend on besides the question: adapter, driver, features. */
    private readonly adapter: string,
    private readonly options: TuningOptions,
  ) {
    this.choices = options.refresh ? {} : parseChoices(options.store?.load());
  }

  /** The variant to use: the remembered one, else the fastest. A variant whose trial fails is passed over; where it is the default, its error is thrown. */
  choose(question: Question): Promise<string> {
    let answer = this.answers.get(question.name);
    if (!answer) {
      answer = this.answer(question);
      this.answers.set(question.name, answer);
      answer.catch(() => this.answers.delete(question.name));
    }
    return answer;
  }

  private async answer(question: Question): Promise<string> {
    const known = this.choices[this.adapter]?.[question.name];
    // a variant that is no longer offered is measured anew
    if (known !== undefined && question.variants.includes(known)) return known;
    if (question.variants.length === 1) return question.variants[0];
    const turn = this.queue.then(() => this.measure(question));
    this.queue = turn.catch(() => undefined);
    const choice = await turn;
    this.remember(question.name, choice);
    return choice;
  }

  private async measure({ variants, trials }: Question): Promise<string> {
    const { prepare, end } = trials();
    try {
      return await this.fastest(variants, prepare);
    } finally {
      end();
    }
  }

  private async fastest(variants: readonly string[], prepare: Trials["prepare"]): Promise<string> {
    const { clock, budget = 800 } = this.options;
    const started = clock();
    const contenders: { name: string; trial: Trial; times: number; least: number }[] = [];
    this.measured++;
    for (const name of variants) {
      // compiling takes most of the time; the other half is for measuring
      if (contenders.length > 0 && clock() - started > budget / 2) break;
      try {
        const trial = await prepare(name);
        await trial.run(1);
        const once = await elapsed(clock, () => trial.run(1));
        contenders.push({ name, trial, times: Math.min(64, Math.max(1, Math.ceil(10 / Math.max(once, 0.01)))), least: once });
      } catch (cause) {
        // a driver may refuse a variant; without the default there is nothing to fall back on
        if (contenders.length === 0) throw cause;
      }
    }
    // interleaved, so that a change of the machine's load meets all alike; the least is what the work itself takes
    for (let round = 0; round < 9 && clock() - started < budget; round++) {
      for (const contender of contenders) {
        const time = (await elapsed(clock, () => contender.trial.run(contender.times))) / contender.times;
        contender.least = round === 0 ? time : Math.min(contender.least, time);
      }
    }
    const [standard, ...others] = contenders;
    const best = others.reduce((a, b) => (b.least < a.least ? b : a), standard);
    return best.least < clearlyFaster * standard.least ? best.name : standard.name;
  }

  private remember(name: string, choice: string): void {
    // what another process saved meanwhile stays
    const { store } = this.options;
    const choices = parseChoices(store?.load());
    (this.choices[this.adapter] ??= {})[name] = choice;
    const merged = { ...choices, [this.adapter]: { ...choices[this.adapter], ...this.choices[this.adapter] } };
    store?.save(`${JSON.stringify({ format: "hhvaem-tuning", version: 1, choices: merged }, null, 1)}\n`);
  }
}

async function elapsed(clock: () => number, work: () => Promise<void>): Promise<number> {
  const begin = clock();
  await work();
  return clock() - begin;
}
