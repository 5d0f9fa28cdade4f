import { clock } from "../../../report/clock.ts";
import { Meter } from "../../parts/meter.tsx";
import { stagePlan } from "../../../model/config/plan.ts";
import type { Stage } from "../../../model/index.ts";
import type { TrainingNews } from "../../engine/training/training-part.ts";
import { configured } from "../../engine/training/training-settings.ts";
import { goOn, news, pause, phase, settings, stop } from "../../state/training.ts";

/** "2 of 3, ELBO", and whether there is something to use of what is learned in the stage or before. */
function stageFacts(name: Stage): { text: string; useful: boolean } {
  const plan = stagePlan(configured(settings.value));
  const at = plan.findIndex((stage) => stage.name === name);
  return { text: `${at + 1} of ${plan.length}, ${plan[at].label}`, useful: at > 0 || plan[at].cut === "here" };
}

/** ", about 0:40 left". */
function leftText({ secondsLeft }: TrainingNews): string {
  if (secondsLeft === undefined) return "";
  return secondsLeft < 0.5 && settings.value.time !== undefined ? "; the time is over, what cannot be left out is done" : `, about ${clock(secondsLeft)} left`;
}

/** Progress, time left, and what can be done about it. */
export function Running() {
  const told = news.value;
  const still = phase.value === "paused";
  const ending = phase.value === "stopping" || phase.value === "finishing";
  const stage = told && stageFacts(told.stage);
  const words = !told || !stage
    ? "preparing: kernels are being compiled …"
    : `Stage ${stage.text}: step ${told.step} of ${told.steps}${still ? ", paused" : leftText(told)}`;
  return (
    <section class="running">
      <h2>Training</h2>
      <Meter label="Progress of the training" share={told?.share ?? 0} />
      <p role="status">{phase.value === "stopping" ? "stopping …" : phase.value === "finishing" ? "stopping, and putting together what is learned …" : words}</p>
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
