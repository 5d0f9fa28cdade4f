import { DeviceError } from "../gpu/errors.ts";
import { foldIn, keyFromSeed, type Key } from "../math/key.ts";
import type { ConditionalSampler, DrawSession, JointDraws, KnownRows } from "../model/index.ts";
import type { AcquisitionLoop, AcquisitionOptions, AcquisitionState, AdjustableOptions } from "./api.ts";
import { checkOptions, defaultDraws, needsJoint } from "./options.ts";
import { rankRows } from "./rank.ts";
import { Rewards } from "./rewards.ts";

/** What was said of a column; `value`: what it was before it was forgotten, coded. */
type Step = { kind: "answer" | "unknown"; column: number } | { kind: "forget"; column: number; value: number };

/** What is drawn for a state of the row, whatever is then asked of it. */
interface Look {
  known: KnownRows;
  key: Key;
  draws: JointDraws;
  /** Whether the entries of a draw belong together. */
  joint: boolean;
}

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
  private destroyed = false;
  private look: Promise<Look> | undefined;
  private present: Promise<AcquisitionState> | undefined;

  constructor(
    private readonly sampler: ConditionalSampler,
    private readonly session: DrawSession,
    private readonly known: KnownRows,
    private options: AcquisitionOptions,
  ) {
    this.x = known.x.slice();
    this.observed = known.observed.slice();
    this.rewards = new Rewards(sampler, options);
  }

  async state(): Promise<AcquisitionState> {
    if (this.destroyed) throw new DeviceError("[acquire] the loop was destroyed; open another one.");
    this.present ??= this.rank();
    return this.present;
  }

  answer(column: number, value: number | string): void {
    const { name, levels, code = (units: number) => units, labels } = this.feature(column);
    if (typeof value !== "string") return this.answerCoded(column, levels === 1 ? code(value) : value);
    const level = labels?.indexOf(value) ?? -1;
    if (level < 0) throw new RangeError(`[acquire] "${name}": expected ${labels ? `one of ${labels.map((label) => `"${label}"`).join(", ")}` : "a number"}, got "${value}".`);
    this.answerCoded(column, level);
  }

  answerCoded(column: number, value: number): void {
    this.checkOpen(column);
    const { name, levels } = this.sampler.features[column];
    if (levels === 1 ? !Number.isFinite(value) : !(Number.isInteger(value) && value >= 0 && value < levels)) {
      throw new RangeError(`[acquire] "${name}": expected ${levels === 1 ? "a finite number" : `a level's index from 0 to ${levels - 1}`}, got ${value}.`);
    }
    this.set(column, value);
    this.step({ kind: "answer", column });
  }

  unknown(column: number): void {
    this.checkOpen(column);
    this.step({ kind: "unknown", column });
  }

  forget(column: number): void {
    const { name } = this.feature(column);
    if (this.observed[column] !== 1) throw new RangeError(`[acquire] "${name}" is not known, so that it cannot be forgotten.`);
    const value = this.x[column];
    this.set(column, undefined);
    this.step({ kind: "forget", column, value });
  }

  adjust(options: AdjustableOptions): void {
    const merged = { ...this.options, ...options };
    checkOptions(this.sampler, merged);
    this.options = merged;
    this.present = undefined;
  }

  back(): boolean {
    const last = this.steps.pop();
    if (!last) return false;
    if (last.kind === "answer") this.set(last.column, undefined);
    if (last.kind === "forget") this.set(last.column, last.value);
    this.changed(last);
    return true;
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
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

  private feature(column: number): ConditionalSampler["features"][number] {
    const variable = this.sampler.features[column];
    if (!variable) throw new RangeError(`[acquire] expected a feature's index from 0 to ${this.sampler.features.length - 1}, got ${column}.`);
    return variable;
  }

  private checkOpen(column: number): void {
    const { name } = this.feature(column);
    if (this.observed[column] === 1) throw new RangeError(`[acquire] "${name}" is known already; take it back first.`);
  }

  private set(column: number, value: number | undefined): void {
    this.x[column] = value ?? 0;
    this.observed[column] = value === undefined ? 0 : 1;
  }

  private step(step: Step): void {
    this.steps.push(step);
    this.changed(step);
  }

  /** Draws hold while the same cells are known. */
  private changed({ kind }: Step): void {
    if (kind !== "unknown") this.look = undefined;
    this.present = undefined;
  }

  private async draw(): Promise<Look> {
    const { seed = 0, warm = true } = this.options;
    const known = { rows: 1, x: this.x.slice(), observed: this.observed.slice() };
    const key = foldIn(keyFromSeed(seed), this.looks++);
    const joint = needsJoint(this.sampler, this.options);
    return { known, key, joint, draws: await this.session.draw(known, key, { warm, joint }) };
  }

  private async rank(): Promise<AcquisitionState> {
    const { options } = this;
    const { method = "mi", budget = Infinity, costs } = options;
    const columns = (kind: Step["kind"]): number[] => [...new Set(this.steps.filter((step) => step.kind === kind).map(({ column }) => column))];
    const answered = columns("answer").filter((column) => this.observed[column] === 1);
    const unknown = columns("unknown").filter((column) => this.observed[column] !== 1);
    const spent = answered.reduce((total, column) => total + (costs?.[column] ?? 1), 0);
    // what is asked now may need more than the draws there are
    if (this.look && needsJoint(this.sampler, options) && !(await this.look).joint) this.look = undefined;
    const { known, key, draws } = await (this.look ??= this.draw());
    const table = await this.rewards.of(draws, known, method, foldIn(key, 1), options.interval);
    const [ranking] = await rankRows(this.sampler, known, draws, table, { ...options, left: budget - spent, unavailable: new Set([...unknown, ...this.absent()]) });
    return { ...ranking, x: known.x, observed: known.observed, answered, unknown, spent, targetDraws: await this.targetDraws(draws) };
  }

  /** Features without a value, by the row as it was at the start and by what is known now. */
  private absent(): number[] {
    const atStart = Array.from(this.known.absent ?? []).flatMap((none, column) => (none === 1 && this.observed[column] !== 1 ? [column] : []));
    return [...atStart, ...(this.options.absent?.(this.x, this.observed) ?? [])];
  }

  private async targetDraws({ y, draws }: JointDraws): Promise<Float64Array[]> {
    const { targets } = this.sampler;
    const values = await y.read();
    return targets.map(({ units = (coded: number) => coded }, j) => Float64Array.from({ length: draws }, (_, s) => units(values[s * targets.length + j])));
  }
}
