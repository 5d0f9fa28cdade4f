import { useEffect, useMemo } from "preact/hooks";
import type { SamplerPicture, TargetPicture } from "../../engine/posterior/posterior-part.ts";
import type { TuningReport } from "../../../experiments/sampler-tuning.ts";
import { hasGpu } from "../../state/session.ts";
import { openTarget, stopTuning, target, tune, tuned, tuningCurve, tuningPhase, tuningSettings } from "../../state/posterior.ts";
import { lessMotion, Player } from "./player.ts";
import { PlayBar } from "./play-bar.tsx";
import { outlines, targetContent } from "./target-scene.ts";
import { TuningForm } from "./tuning-form.tsx";
import { TuningNumbers } from "./tuning-numbers.tsx";
import { Viewer } from "./viewer.tsx";

const stepsOfATuning = 400;

/** HMC on densities whose moments are known, before and after its step sizes and the spread of its start are tuned. */
export function TargetsView() {
  const open = target.value;
  const busy = tuningPhase.value;
  useEffect(() => {
    if (hasGpu.value && !target.peek() && tuningPhase.peek() === "idle") void openTarget();
  }, [hasGpu.value]);
  return (
    <>
      <section>
        <h2>How the sampler is tuned</h2>
        <p class="hint">
          The third stage of training, on densities that can be looked at: chains start from a Gaussian, as they start from the encoder's, and take {tuningSettings.value.transitions} transitions. Their step sizes, one per transition and dimension, follow the gradient of E log p where the chains end; the start's inflation lowers the discrepancy (SKSD) between those ends and the density.
        </p>
        <TuningForm />
        <p class="actions">
          {busy === "tuning" || busy === "stopping" ? (
            <button type="button" class="primary" disabled={busy === "stopping"} onClick={stopTuning}>
              Stop tuning
            </button>
          ) : (
            <button type="button" class="primary" disabled={!open || busy === "opening"} onClick={() => tune(stepsOfATuning)}>
              {tuned.value ? `Tune on, ${stepsOfATuning} steps` : `Tune, ${stepsOfATuning} steps`}
            </button>
          )}
          <button type="button" disabled={!open || busy !== "idle" || !tuned.value} onClick={() => openTarget()}>
            Start anew
          </button>
          <span role="status" class="hint">
            {busy === "opening" ? "preparing …" : busy === "tuning" ? `tuning, step ${tuned.value?.step ?? 0} …` : busy === "stopping" ? "stopping …" : ""}
          </span>
        </p>
      </section>
      {open && <SideBySide open={open} />}
      {open && <TuningNumbers open={open} tuned={tuned.value} curve={tuningCurve.value} />}
    </>
  );
}

function SideBySide({ open }: { open: TargetPicture }) {
  const after = tuned.value;
  const player = useMemo(() => new Player(open.settings.transitions), [open, after && "paths" in after ? after : undefined]);
  useEffect(() => {
    if (!lessMotion()) player.play();
    return () => player.pause();
  }, [player]);
  return (
    <section>
      <div class="two">
        <Sampler title="Untuned" open={open} sampler={open.untuned} player={player} />
        <Sampler title={after ? `Tuned, step ${after.step}` : "Tuned"} open={open} sampler={after ?? open.untuned} player={player} />
      </div>
      <PlayBar player={player} paths={open.settings} />
      <p class="hint legend-of-space">
        <span class="check contour">
          <i aria-hidden="true" /> the density: regions with 10, 30, 50, 70, 90 and 99 % of its mass
        </span>
        <span class="check encoder">
          <i aria-hidden="true" /> the start, at 1 and 2 deviations
        </span>
        <span class="check draws">
          <i aria-hidden="true" /> where chains end
        </span>
        <span class="check chains">
          <i aria-hidden="true" /> some chains, step by step
        </span>
        <span class="check rejected">
          <i aria-hidden="true" /> rejected proposals
        </span>
      </p>
    </section>
  );
}

function Sampler({ title, open, sampler, player }: { title: string; open: TargetPicture; sampler: SamplerPicture | TuningReport; player: Player }) {
  const { grid, truth } = open;
  const found = useMemo(() => outlines(grid), [grid]);
  const content = useMemo(() => {
    const start = { mean: truth.start.mean, standardDeviation: truth.start.standardDeviation.map((sd, i) => sd * sampler.inflation[i]) };
    return targetContent({ grid, outlines: found, start, draws: sampler.draws, ...("paths" in sampler ? { paths: sampler.paths } : {}) });
  }, [open, sampler]);
  const aspect = (grid.window.x[1] - grid.window.x[0]) / (grid.window.y[1] - grid.window.y[0]);
  const kl = -(sampler.logDensity + sampler.entropy);
  return (
    <figure>
      <figcaption>
        <strong>{title}</strong>
        <output>accepted {(100 * sampler.acceptance).toFixed(1)} %</output>
      </figcaption>
      <Viewer content={content} player={player} aspect={aspect} label={`${title}: ${sampler.draws.length / 2} chains on the ${open.settings.target}; ${(100 * sampler.acceptance).toFixed(1)} % of the proposals accepted, divergence from the target about ${Math.max(0, kl).toFixed(2)} nats.`} />
    </figure>
  );
}
