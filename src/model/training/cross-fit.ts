import type { Column } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { foldIn, type Key } from "../../math/key.ts";
import { coolLogits, marginalLogits } from "../completion/marginal-logits.ts";
import { CompletionGuess } from "../completion/guess.ts";
import { CompletionNetwork } from "../completion/completion-network.ts";
import { crossSplits, HeldBack, joinedRows, type Guesses } from "../completion/held-back.ts";
import { decide, networkGuesses, type Decided, type GuessesOfParts, type NetworkGuesses } from "../completion/choose.ts";
import { gaussianGuesses, latentGuesses, type PartGuesses } from "../completion/part-guesses.ts";
import { withRows } from "../completion/look-up-rows.ts";
import { openTraining } from "../completion/open-training.ts";
import { withMembers } from "../completion/shape.ts";
import type { ToldCells } from "../calibration/told-cells.ts";
import { ensembleSteps, stagePlan } from "../config/plan.ts";
import type { ModelShape } from "../config/spec.ts";
import type { Schedule } from "../config/config.ts";
import { restoreParameters } from "../files/checkpoint.ts";
import { fittedGaussians } from "../gaussians/fitted.ts";
import { LatentNetworks } from "../latent/networks.ts";
import type { Chosen } from "../posterior/shares.ts";
import { runStage, stateFiles } from "./run-stage.ts";
import { trainLatent, type TrainingSetting } from "./train-latent.ts";
import type { HostTable } from "./training-batch.ts";

/** What the whole training has given, which cross-fitting goes by. */
export interface FittedParts {
  readonly networks?: LatentNetworks;
  readonly completion: CompletionNetwork;
  readonly chosen: Chosen;
  /** Rows that the first completion network learned from: `chosen.step` is of these. */
  readonly firstRows: number;
  /** The steps that each stage has had. */
  readonly schedule: Schedule;
  /** Parts of the rows. */
  readonly folds: number;
}

/** Tags of keys: of the order of rows, of their masks, and of the trainings. */
const keys = { order: 1, masks: 2, trainings: 3 } as const;

/** What the model becomes. */
interface CrossFitted {
  chosen: Chosen;
  /** Of all rows. */
  networks?: LatentNetworks;
}

/**
 * Trains everything once more without each fifth of the rows, and decides by what all rows are told to be by models that have not seen them: temperature, shares, maps. Nothing of these models answers; the latent variable model, which had not seen the rows
 * held back, is then trained on all. (Cross-validation and stacking: Wolpert 1992; cross-conformal prediction: Vovk 2015) firstStep: of the stage; a step is one training, and checkpoints are of whole ones.
 */
export async function crossFit(gpu: Gpu, shape: ModelShape, columns: readonly Column[], table: HostTable, fitted: FittedParts, key: Key, setting: TrainingSetting, firstStep: number): Promise<CrossFitted> {
  const { resumed, options, log, time } = setting;
  const { chosen, networks, completion, folds } = fitted;
  const splits = crossSplits(table, folds, foldIn(key, keys.order));
  const steps = folds + Number(networks !== undefined);
  const weights: Record<string, Float32Array> = {};
  const finished = async (step: number): Promise<void> => {
    const progress = { stage: "cross", step, steps, metrics: {} } as const;
    log.push(progress);
    options.onProgress?.(progress);
    if (!options.onCheckpoint) return;
    const state = async () => ({ parameters: { ...(networks && { parameters: await networks.parameters.values.read() }), all: await completion.parameters.values.read(), ...weights }, chosen });
    await options.onCheckpoint(await stateFiles("cross", firstStep + step, {}, { gpu, log, options, time, state }));
  };
  const before = resumed?.stage === "cross" ? resumed.step - firstStep : -1;
  if (before < 0) await finished(0);
  const each: { heldBack: HeldBack; guesses: GuessesOfParts; free(): void }[] = [];
  try {
    for (const [k, { training, heldBack }] of splits.entries()) {
      options.signal?.throwIfAborted();
      const own = gpu.scope();
      const ownKey = foldIn(foldIn(key, keys.trainings), k);
      const held = new HeldBack(heldBack, foldIn(foldIn(key, keys.masks), k), true, folds * heldBack.rows);
      const trained = await withoutFold(own, shape, training, fitted, ownKey, setting, k < before ? namesOf(k, resumed!.parameters) : undefined);
      each.push({ heldBack: held, guesses: await guessesOf(own, shape, columns, training, held, trained, fitted, ownKey, options.signal), free: () => own.free() });
      if (trained.latent) weights[`fold ${k} latent`] = await trained.latent.parameters.values.read();
      weights[`fold ${k} network`] = await trained.network.parameters.values.read();
      if (k >= before) await finished(k + 1);
    }
    const decided = await decide(joinedGuesses(each), shape.completion!, HeldBack.joined(each.map(({ heldBack }) => heldBack)));
    // logits are divided by the first choice already
    await coolLogits(completion, decided.temperature / chosen.temperature, marginalLogits(completion.shape, table));
    const again = networks && (await trainLatent(gpu, shape, table, stagePlan({ config: shape.config, schedule: fitted.schedule }), foldIn(key, keys.trainings), quietly(setting, fitted.schedule)));
    if (networks) options.onProgress?.({ stage: "cross", step: steps, steps, metrics: {} });
    return { chosen: withDecided(chosen, decided), networks: again };
  } finally {
    for (const { free } of each) free();
  }
}

/** What of a checkpoint is a fold's. */
function namesOf(k: number, parameters: Record<string, Float32Array>): Record<"latent" | "network", Float32Array> {
  return { latent: parameters[`fold ${k} latent`], network: parameters[`fold ${k} network`] };
}

/** A training within the training: its steps are told to nobody, and a checkpoint is none of its own. */
function quietly(setting: TrainingSetting, schedule: Schedule): TrainingSetting {
  const { onCheckpoint, onProgress, wantCheckpoint, resume, time, ...options } = setting.options;
  return { ...setting, options: { ...options, schedule }, resumed: undefined, time: undefined, log: [] };
}

interface WithoutFold {
  latent?: LatentNetworks;
  network: CompletionNetwork;
}

/** The models of all rows but a fold's; `stored`: their weights, where a checkpoint has them. */
async function withoutFold(gpu: Gpu, shape: ModelShape, training: HostTable, { networks, chosen, firstRows, schedule }: FittedParts, key: Key, setting: TrainingSetting, stored?: Record<"latent" | "network", Float32Array>): Promise<WithoutFold> {
  const quiet = quietly(setting, schedule);
  const own = withRows(withMembers(shape.completion!, 1), training, schedule.batch, foldIn(key, 1));
  if (stored) {
    const [latent, network] = [networks && new LatentNetworks(gpu, shape), new CompletionNetwork(gpu, own)];
    if (latent) restoreParameters(latent.parameters, stored, "latent");
    restoreParameters(network.parameters, stored, "network");
    return { latent, network };
  }
  const latent = networks && (await trainLatent(gpu, shape, training, stagePlan({ config: shape.config, schedule }), key, quiet));
  const steps = ensembleSteps(chosen.step, { all: training.rows, training: firstRows });
  const { stage, average, done } = await openTraining(gpu, own, training, { name: "completion", steps }, { ...quiet, firstStep: 0, initialisation: foldIn(key, 1) });
  try {
    if (steps > 0) await runStage(stage, 0, done, { gpu, log: quiet.log, options: quiet.options, state: async () => ({ parameters: {} }) });
  } finally {
    stage.destroy();
  }
  return { latent, network: average };
}

/** What models say of the rows that they have not seen. */
async function guessesOf(gpu: Gpu, shape: ModelShape, columns: readonly Column[], training: HostTable, heldBack: HeldBack, { latent, network }: WithoutFold, { chosen }: FittedParts, key: Key, signal?: AbortSignal): Promise<GuessesOfParts> {
  const looker = await CompletionGuess.create(network.within(gpu), heldBack, marginalLogits(network.shape, training), foldIn(key, 2));
  const gaussians = shape.gaussians && (await fittedGaussians(shape.gaussians, training, chosen.gaussians!, foldIn(key, 3)));
  return {
    network: networkGuesses(network, looker, columns, heldBack),
    ...(gaussians && { gaussians: gaussianGuesses(gaussians, columns, heldBack) }),
    ...(latent && { latent: await latentGuesses(latent, columns, heldBack, signal) }),
    untrained: chosen.step === 0,
  };
}

/** The guesses of all folds' rows together. */
function joinedGuesses(each: readonly { heldBack: HeldBack; guesses: GuessesOfParts }[]): GuessesOfParts {
  const [{ heldBack, guesses: first }] = each;
  const n = heldBack.originals;
  const width = heldBack.features + heldBack.targets;
  const numbers = (parts: readonly ArrayLike<number>[], columns = width): Float64Array => Float64Array.from(joinedRows(parts, n, columns));
  const guesses = (own: readonly Guesses[]): Guesses => ({ mean: numbers(own.map(({ mean }) => mean)), logProb: numbers(own.map(({ logProb }) => logProb)), joint: numbers(own.map(({ joint }) => joint), 1) });
  const told = (own: readonly ToldCells[]): ToldCells => ({ low: numbers(own.map(({ low }) => low)), high: numbers(own.map(({ high }) => high)), levels: joinedRows(own.map(({ levels }) => levels), n, width) });
  const part = (of: (own: GuessesOfParts) => PartGuesses): PartGuesses => {
    const own = each.map(({ guesses: all }) => of(all));
    return { ...guesses(own), told: told(own.map((one) => one.told)) };
  };
  const all = <T>(ask: (network: NetworkGuesses) => Promise<T>): Promise<T[]> => Promise.all(each.map(({ guesses: { network } }) => ask(network)));
  return {
    network: { guess: async (temperature) => guesses(await all((network) => network.guess(temperature))), told: async (temperature) => told(await all((network) => network.told(temperature))) },
    ...(first.gaussians && { gaussians: part(({ gaussians }) => gaussians!) }),
    ...(first.latent && { latent: part(({ latent }) => latent!) }),
    untrained: first.untrained,
  };
}

/** The choice with what was decided anew. */
function withDecided(chosen: Chosen, { gaussians, ...decided }: Decided): Chosen {
  return { ...chosen, ...decided, ...(chosen.gaussians && { gaussians: { ...chosen.gaussians, ...gaussians } }) };
}
