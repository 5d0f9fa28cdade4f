import { clock } from "../../../report/clock.ts";
import { Meter } from "../../parts/meter.tsx";
import { stageLabel, stagePlan } from "../../../model/config/plan.ts";
import type { Stage } from "../../../model/index.ts";
import type { TrainingNews } from "../../engine/training/training-part.ts";
import { configured } from "../../engine/training/training-settings.ts";
import { goOn, news, pause, phase, settings, stop } from "../../state/training.ts";

/** What each stage does, for people who do not know the paper. */
const purposes: Record<Stage, string> = {
  marginal: "Learning what each column looks like by itself",
  elbo: "Learning how the columns go together",
  hmc: "Learning to draw what is missing",
  completion: "Learning to fill holes, and trying it on rows held back",
  ensemble: "Learning to fill holes from all rows",
  cross: "Learning once more without each part of the rows, to see how sure to be",
};

/** "2 of 3, ELBO", and whether there is something to use of what is learned in the stage or before. */
function stageFacts(name: Stage): { text: string; useful: boolean } {
  const plan = stagePlan(configured(settings.value));
  const at = plan.findIndex((stage) => stage.name === name);
  // the last stage of small tables; without their rows the plan does not know it
  if (at < 0) return { text: stageLabel(name), useful: true };
  return { text: `${at + 1} of ${plan.length}, ${plan[at].label}`, useful: at > 0 || plan[at].cut === "here" };
}

/** ", about 0:40 left". */
function leftText({ secondsLeft }: TrainingNews): string {
  return secondsLeft === undefined ? "" : `, about ${clock(Math.max(1, secondsLeft))} left`;
}

/** What is going on, in words. */
function purpose(told: TrainingNews | undefined): string {
  if (phase.value === "stopping") return "Stopping …";
  if (phase.value === "finishing") return "Stopping, and putting together what is learned …";
  if (!told) return "Preparing: kernels are being compiled …";
  if (told.doing === "checking") return `Checking the model on rows that it has not seen${leftText(told)}`;
  if (told.doing === "preparing") return `Preparing the next part: kernels are being compiled${leftText(told)}`;
  return `${purposes[told.stage]}${phase.value === "paused" ? ", paused" : leftText(told)}`;
}

/** Progress, time left, and what can be done about it. */
export function Running() {
  const told = news.value;
  const still = phase.value === "paused";
  const ending = phase.value === "stopping" || phase.value === "finishing";
  const stage = told && stageFacts(told.stage);
  return (
    <section class="running">
      <h2>Training</h2>
      <Meter label="Progress of the training" share={told?.share ?? 0} />
      <div role="status">
        <p>{purpose(told)}</p>
        <p class="hint">{told && stage && told.doing !== "checking" ? `Stage ${stage.text}${told.doing === "training" ? `: step ${told.step} of ${told.steps}` : ""}` : " "}</p>
      </div>
      <p class="actions">
        {still ? (
          <button type="button" class="primary" onClick={goOn}>
            Go on
          </button>
        ) : (
          <button type="button" disabled={phase.value !== "running"} onClick={pause}>
            Pause
          </button>
        )}
        <button type="button" disabled={phase.value === "stopping"} onClick={() => stop(false)}>
          Stop
        </button>
        <button type="button" disabled={ending || !stage?.useful} onClick={() => stop(true)}>
          Stop and use what is learned
        </button>
      </p>
      <p class="hint">A checkpoint is kept in this browser every few seconds: after a stop, a lost GPU or a closed tab the training goes on from there.</p>
    </section>
  );
}
