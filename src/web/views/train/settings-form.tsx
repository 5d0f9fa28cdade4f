import { presets } from "../../../model/config/config.ts";
import { schedules, type TrainingSettings } from "../../engine/training/training-settings.ts";
import { hasGpu, model } from "../../state/session.ts";
import { settings, train, unfinished } from "../../state/training.ts";

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

const numbers: readonly { name: keyof TrainingSettings & ("marginalSteps" | "viSteps" | "hmcSteps" | "completionSteps" | "batch" | "seed"); label: string; least: number }[] = [
  { name: "marginalSteps", label: "Steps of the marginal VAEs", least: 0 },
  { name: "viSteps", label: "Steps by the ELBO", least: 0 },
  { name: "hmcSteps", label: "Steps with HMC", least: 0 },
  { name: "completionSteps", label: "Steps of the completion network", least: 0 },
  { name: "batch", label: "Rows per step", least: 1 },
  { name: "seed", label: "Seed", least: 0 },
];

/** How long and what to train; a schedule by name is enough. */
export function SettingsForm() {
  const now = settings.value;
  const change = (wanted: Partial<TrainingSettings>): void => void (settings.value = { ...now, ...wanted });
  const named = Object.entries(schedules).find(([, steps]) => Object.entries(steps).every(([name, value]) => now[name as keyof typeof steps] === value))?.[0];
  const left = unfinished.value;
  return (
    <section>
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
        <fieldset class="choices">
          <legend>Schedule</legend>
          {Object.entries(schedules).map(([name, steps]) => (
            <label>
              <input type="radio" name="schedule" checked={named === name} onChange={() => change(steps)} />
              <span>
                <strong>{name}</strong> {steps.marginalSteps} + {steps.viSteps} + {steps.hmcSteps} steps
              </span>
            </label>
          ))}
        </fieldset>
        <details>
          <summary>Details{named ? "" : " (changed)"}</summary>
          <div class="fields">
            <label>
              Model
              <select value={now.preset} onChange={(event) => change({ preset: event.currentTarget.value })}>
                {offered.map((name) => (
                  <option value={name}>{described[name]}</option>
                ))}
              </select>
            </label>
            {numbers.map(({ name, label, least }) => (
              <label>
                {label}
                <input type="number" name={name} min={least} step={1} required value={now[name]} onInput={(event) => event.currentTarget.validity.valid && change({ [name]: event.currentTarget.valueAsNumber })} />
              </label>
            ))}
          </div>
        </details>
        <p class="actions">
          <button type="submit" class={left ? "" : "primary"} disabled={!hasGpu.value}>
            {left ? "Start anew" : "Start"}
          </button>
        </p>
      </form>
    </section>
  );
}
