import { stagePlan } from "../../../model/config/plan.ts";
import { usualShare } from "../../../model/check/exam.ts";
import { presets } from "../../../model/config/presets.ts";
import { scheduleSettings } from "../../../model/config/settings.ts";
import type { Stage } from "../../../model/index.ts";
import { configured, hasOwnSchedule, settingsFor, type TrainingSettings } from "../../engine/training/training-settings.ts";
import { hasGpu, model } from "../../state/session.ts";
import { choose, settings, train, unfinished } from "../../state/training.ts";
import { TimeChoice } from "./time-choice.tsx";

const described: Record<string, string> = {
  best: "best: the proper model, completion networks and Gaussians, mixed as held-back rows say",
  conditional: "conditional: the completion network alone",
  proper: "proper: hierarchical, with Hamiltonian Monte Carlo, variances learned",
  HHVAEM: "HHVAEM: the paper's; hierarchical, with Hamiltonian Monte Carlo",
  HMCVAEM: "HMCVAEM: one layer, with Hamiltonian Monte Carlo",
  HVAEM: "HVAEM: hierarchical, Gaussian encoder",
  VAEM: "VAEM: one layer, Gaussian encoder",
  MIWAEM: "MIWAEM: one layer, importance-weighted",
  HHVAE: "HHVAE: as HHVAEM, without marginal VAEs",
  HMCVAE: "HMCVAE: as HMCVAEM, without marginal VAEs",
  HVAE: "HVAE: as HVAEM, without marginal VAEs",
  VAE: "VAE: as VAEM, without marginal VAEs",
  MIWAE: "MIWAE: as MIWAEM, without marginal VAEs",
  "HHVAE-noreparam": "HHVAE-noreparam: as HHVAE, latents not reparameterised",
  "HVAE-noreparam": "HVAE-noreparam: as HVAE, latents not reparameterised",
};

/** What the page offers: "paper" is HHVAEM by another name. */
const offered = Object.keys(described).filter((name) => presets[name]);

/** The numbers of a training; those with a stage are for presets that have it. */
const numbers = [
  { name: "marginalSteps", stage: "marginal", label: "Steps of the marginal VAEs", ...scheduleSettings.marginalSteps },
  { name: "viSteps", stage: "elbo", label: "Steps by the ELBO", ...scheduleSettings.viSteps },
  { name: "hmcSteps", stage: "hmc", label: "Steps with HMC", ...scheduleSettings.hmcSteps },
  { name: "completionSteps", stage: "completion", label: "Steps of the completion network", ...scheduleSettings.completionSteps },
  { name: "batch", label: "Rows per step", ...scheduleSettings.batch },
  { name: "seed", label: "Seed", least: 0 },
] as const satisfies readonly { name: keyof TrainingSettings; stage?: Stage; label: string; least?: number }[];

/** The numbers that the settings' preset has a use for. */
function numbersOf(settings: TrainingSettings): (typeof numbers)[number][] {
  const stages = stagePlan(configured(settings)).map(({ name }) => name);
  return numbers.filter((number) => !("stage" in number) || stages.includes(number.stage));
}

/** "200 + 3 + 600": the most steps of each stage. */
function stepsText(settings: TrainingSettings): string {
  return numbersOf(settings).flatMap((number) => ("stage" in number ? [settings[number.name]] : [])).join(" + ");
}

/** Steps that a person sets are all meant, as on the command line, until a time is chosen after them. */
function changeNumber(name: (typeof numbers)[number]["name"], value: number): void {
  const isSteps = numbers.some((number) => number.name === name && "stage" in number);
  choose({ [name]: value, ...(isSteps && { time: undefined }) });
}

/** How long and what to train; a time is enough. */
export function SettingsForm() {
  const now = settings.value;
  const own = hasOwnSchedule(now);
  const left = unfinished.value;
  return (
    <section id="training-settings">
      <h2>{model.value ? "Train again" : "Train a model"}</h2>
      {left && (
        <div class="callout">
          <p>
            A training of {new Date(left.savedAt).toLocaleString()} was interrupted at step {left.step}.
          </p>
          <button type="button" class="primary" disabled={!hasGpu.value} onClick={() => train(true)}>
            Go on with it
          </button>
        </div>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void train();
        }}
      >
        <TimeChoice steps={stepsText(now)} own={own} />
        <details>
          <summary>Details{own ? "" : " (changed)"}</summary>
          <div class="fields">
            <label>
              Model
              <select name="preset" value={now.preset} onChange={(event) => choose(settingsFor(event.currentTarget.value, now))}>
                {offered.map((name) => (
                  <option value={name}>{described[name]}</option>
                ))}
              </select>
            </label>
            {numbersOf(now).map(({ name, label, least }) => (
              <label>
                {label}
                <input type="number" name={name} min={least} step={1} required value={now[name]} onInput={(event) => event.currentTarget.validity.valid && changeNumber(name, event.currentTarget.valueAsNumber)} />
              </label>
            ))}
          </div>
          <label class="check">
            <input type="checkbox" name="heldBack" checked={(now.heldBack ?? 0) > 0} onChange={(event) => choose({ heldBack: event.currentTarget.checked ? usualShare : 0 })} /> Hold a tenth of the rows back, to check the model by them
          </label>
        </details>
        <p class="actions">
          <button type="submit" class={left || model.value ? "" : "primary"} disabled={!hasGpu.value}>
            {left ? "Start anew" : model.value ? "Start again" : "Start"}
          </button>
        </p>
      </form>
    </section>
  );
}
