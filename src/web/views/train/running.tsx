import { clock } from "../../../report/clock.ts";
import { Meter } from "../../parts/meter.tsx";
import { presets } from "../../../model/config/config.ts";
import { stagesOf } from "../../engine/training/training-time.ts";
import { goOn, news, pause, phase, settings, stop } from "../../state/training.ts";

const stages = { marginal: "marginal VAEs", elbo: "everything by the ELBO", hmc: "decoders and steps of HMC", completion: "completion network", ensemble: "further completion networks" } as const;

/** "2 of 3, everything by the ELBO" */
function stageText(stage: keyof typeof stages): string {
  const wanted = stagesOf(presets[settings.value.preset]);
  return `${wanted.indexOf(stage) + 1} of ${wanted.length}, ${stages[stage]}`;
}

/** Progress, time left, and what can be done about it. */
export function Running() {
  const told = news.value;
  const still = phase.value === "paused";
  const words = !told
    ? "preparing: kernels are being compiled …"
    : `Stage ${stageText(told.stage)}: step ${told.step} of ${told.steps}${still ? ", paused" : told.secondsLeft === undefined ? "" : `, about ${clock(told.secondsLeft)} left`}`;
  return (
    <section class="running">
      <h2>Training</h2>
      <Meter label="Progress of the training" share={told?.share ?? 0} />
      <p role="status">{phase.value === "stopping" ? "stopping …" : words}</p>
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
        <button type="button" disabled={phase.value === "stopping" || !told || told.stage === "marginal"} onClick={() => stop(true)}>
          Stop and use what is learned
        </button>
      </p>
      <p class="hint">A checkpoint is kept in this browser every few seconds: after a stop, a lost GPU or a closed tab the training goes on from there.</p>
    </section>
  );
}
