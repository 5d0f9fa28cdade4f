import { foldIn, keyFromSeed } from "../math/key.ts";
import type { ConditionalSampler, DrawSession, KnownRows } from "../model/index.ts";
import type { AcquisitionLoop, AcquisitionOptions, AcquisitionState } from "./api.ts";
import { checkOptions, defaultDraws } from "./options.ts";
import { rankRows } from "./rank.ts";
import { Rewards } from "./rewards.ts";

type Step = { column: number; known: boolean };

/** Opens the loop over one row. Throws RangeError for more rows than one and for options that make no sense. */
export async function openLoop(sampler: ConditionalSampler, known: KnownRows, options: AcquisitionOptions = {}): Promise<AcquisitionLoop> {
  checkOptions(sampler, options);
  if (known.rows !== 1) throw new RangeError(`[acquire] the loop is over one row, got ${known.rows}.`);
  const session = await sampler.open({ rows: 1, draws: options.draws ?? defaultDraws });
  return new RowLoop(sampler, session, known, options);
}

class RowLoop implements AcquisitionLoop {
  private readonly x: Float32Array;
  private readonly observed: Float32Array;
  private readonly steps: Step[] = [];
  private readonly rewards: Rewards;
  private looks = 0;
  private present: Promise<AcquisitionState> | undefined;

  constructor(
    private readonly sampler: ConditionalSampler,
    private readonly session: DrawSession,
    known: KnownRows,
    private readonly options: AcquisitionOptions,
  ) {
    this.x = known.x.slice();
    this.observed = known.observed.slice();
    this.rewards = new Rewards(sampler, options);
  }

  state(): Promise<AcquisitionState> {
    this.present ??= this.look();
    return this.present;
  }

  answer(column: number, value: number): void {
    this.checkOpen(column);
    const { name, levels } = this.sampler.features[column];
    if (levels === 1 ? !Number.isFinite(value) : !(Number.isInteger(value) && value >= 0 && value < levels)) {
      throw new RangeError(`[acquire] "${name}": expected ${levels === 1 ? "a finite number" : `a level's index from 0 to ${levels - 1}`}, got ${value}.`);
    }
    this.x[column] = value;
    this.observed[column] = 1;
    this.step({ column, known: true });
  }

  unknown(column: number): void {
    this.checkOpen(column);
    this.step({ column, known: false });
  }

  back(): boolean {
    const last = this.steps.pop();
    if (!last) return false;
    if (last.known) this.x[last.column] = this.observed[last.column] = 0;
    this.present = undefined;
    return true;
  }

  destroy(): void {
    this.rewards.destroy();
    this.session.destroy();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AcquisitionState> {
    for (;;) {
      const state = await this.state();
      yield state;
      if (state.stop && (await this.state()) === state) return;
    }
  }

  private checkOpen(column: number): void {
    const variable = this.sampler.features[column];
    if (!variable) throw new RangeError(`[acquire] expected a feature's index from 0 to ${this.sampler.features.length - 1}, got ${column}.`);
    if (this.observed[column] === 1) throw new RangeError(`[acquire] "${variable.name}" is known already; take it back first.`);
  }

  private step(step: Step): void {
    this.steps.push(step);
    this.present = undefined;
  }

  private async look(): Promise<AcquisitionState> {
    const { method = "mi", seed = 0, budget = Infinity, warm = true, costs } = this.options;
    const known = { rows: 1, x: this.x.slice(), observed: this.observed.slice() };
    const answered = this.steps.filter((step) => step.known).map(({ column }) => column);
    const unknown = this.steps.filter((step) => !step.known).map(({ column }) => column);
    const spent = answered.reduce((total, column) => total + (costs?.[column] ?? 1), 0);
    const key = foldIn(keyFromSeed(seed), this.looks++);
    const joint = await this.session.draw(known, key, { warm });
    const table = await this.rewards.of(joint, known, method, foldIn(key, 1));
    const [ranking] = await rankRows(this.sampler, known, joint, table, { ...this.options, left: budget - spent, unavailable: new Set(unknown) });
    return { ...ranking, x: known.x, observed: known.observed, answered, unknown, spent };
  }
}
