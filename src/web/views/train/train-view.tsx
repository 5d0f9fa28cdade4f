import { stagePlan } from "../../../model/config/plan.ts";
import { configured } from "../../engine/training/training-settings.ts";
import { Problems } from "../../parts/problems.tsx";
import { go } from "../../state/route.ts";
import { choiceProblems, choices, model, table } from "../../state/session.ts";
import { curve, end, phase, settings } from "../../state/training.ts";
import { Curves } from "./curves.tsx";
import { ModelCard } from "./model-card.tsx";
import { Running } from "./running.tsx";
import { SettingsForm } from "./settings-form.tsx";
import { VerdictCard } from "../verdict/verdict-card.tsx";

/** Whether a stage of the training looks at rows held back. */
function measuresRows(): boolean {
  return stagePlan(configured(settings.value)).some(({ name, steps }) => name === "completion" && steps > 0);
}

/** Train a model on the open table and watch it learn. */
export function TrainView() {
  const problems = choiceProblems.value;
  const ready = table.value !== undefined && problems?.length === 0;
  const ended = end.value;
  return (
    <>
      {!table.value && (
        <section>
          <h2>No table is open</h2>
          <p>
            <button type="button" class="primary" onClick={() => go("data")}>
              Open a table
            </button>
          </p>
        </section>
      )}
      {table.value && problems && problems.length > 0 && <Problems title="The columns are not ready yet" problems={problems} />}
      {phase.value === "idle" && model.value && <VerdictCard />}
      {ready && phase.value === "idle" && <SettingsForm />}
      {phase.value !== "idle" && <Running />}
      {ended?.kind === "failed" && (
        <section class="problems" role="alert">
          <h3>The training failed</h3>
          <p>{ended.message}</p>
        </section>
      )}
      {phase.value === "idle" && model.value && <ModelCard />}
      {curve.value.length > 0 ? <Curves points={curve.value} live={phase.value !== "idle"} measures={measuresRows()} /> : phase.value === "idle" && model.value && <Curves points={model.value.curve} />}
      {ready && phase.value === "idle" && !model.value && curve.value.length === 0 && (
        <p class="hint">
          {choices.value.targets.length > 0 ? `The model will learn all columns together and predict ${choices.value.targets.join(", ")}.` : "The model will learn all columns together; no target is chosen."}
        </p>
      )}
    </>
  );
}
