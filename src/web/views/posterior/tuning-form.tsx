import type { TuningSettings } from "../../engine/posterior/posterior-part.ts";
import { openTarget, tuningPhase, tuningSettings } from "../../state/posterior.ts";
import { hasGpu } from "../../state/session.ts";

const targets = {
  banana: "banana: a thin, curved ridge",
  mixture: "mixture: eight Gaussians on a circle",
  wave: "wave: two branches that part and meet",
} as const;

const numbers = [
  { name: "stepSize", label: "First step sizes, about", least: 0.001, most: 2, step: "any" },
  { name: "transitions", label: "Transitions", least: 1, most: 20, step: 1 },
  { name: "leapfrogSteps", label: "Leapfrog steps", least: 1, most: 20, step: 1 },
  { name: "seed", label: "Seed", least: 0, most: 2 ** 31, step: 1 },
] as const;

/** Which density, and what the sampler is before tuning; a change starts anew. */
export function TuningForm() {
  const now = tuningSettings.value;
  const change = (wanted: Partial<TuningSettings>): void => void openTarget({ ...now, ...wanted });
  const fixed = tuningPhase.value === "opening" || !hasGpu.value;
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <fieldset class="choices" disabled={fixed}>
        <legend>Density</legend>
        {Object.entries(targets).map(([name, words]) => (
          <label key={name}>
            <input type="radio" name="target" value={name} checked={now.target === name} onChange={() => change({ target: name as keyof typeof targets })} />
            {words}
          </label>
        ))}
      </fieldset>
      <details>
        <summary>Details</summary>
        <div class="fields">
          {numbers.map(({ name, label, least, most, step }) => (
            <label>
              {label}
              <input type="number" name={name} min={least} max={most} step={step} required disabled={fixed} value={now[name]} onChange={(event) => event.currentTarget.validity.valid && change({ [name]: event.currentTarget.valueAsNumber })} />
            </label>
          ))}
        </div>
        <label class="check">
          <input type="checkbox" checked={now.entropy} disabled={fixed} onChange={(event) => change({ entropy: event.currentTarget.checked })} />
          the entropy of the chains' ends is part of the objective (as in the paper; the authors' code leaves it out)
        </label>
      </details>
    </form>
  );
}
