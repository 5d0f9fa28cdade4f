/** Somebody's way to do a piece of work. */
export interface Contender {
    readonly name: string;
    /** Does the work `count` times and waits until the last result is there; milliseconds of all together. */
    time(count: number): Promise<number>;
}
export interface Measured {
    readonly name: string;
    /** Median and fastest time of one run, milliseconds. */
    readonly ms: number;
    readonly best: number;
    readonly rounds: number;
}
/** Milliseconds from an arbitrary start. */
export type Clock = () => number;
/** Processor time of all threads together: on a software adapter it hardly depends on what else runs. */
export declare const processorClock: Clock;
/** A contender from a function that does the work once and one that waits for everything begun. */
export declare function contender(clock: Clock, name: string, run: () => unknown, wait: () => Promise<unknown>): Contender;
export declare function median(values: readonly number[]): number;
export interface Effort {
    /** Rounds of each contender at most. */
    readonly rounds: number;
    /** Runs of a round are repeated until they take about so long, milliseconds. */
    readonly sampleMs: number;
    /** A contender that has taken so long has no further rounds, milliseconds. */
    readonly budgetMs: number;
}
/** Warms every contender up, then times them in turn, so that whatever else the machine does meets them all alike. */
export declare function interleave(contenders: readonly Contender[], effort: Effort): Promise<Measured[]>;
