import type { ChainPaths } from "../../../sampler/index.ts";
import type { Player } from "./player.ts";
import { timeInWords } from "./space/timeline.ts";

/** Play, pause, and a slider over the transitions. */
export function PlayBar({ player, paths }: { player: Player; paths: Pick<ChainPaths, "transitions" | "leapfrogSteps"> }) {
  const now = player.now.value;
  const words = timeInWords(now, paths);
  return (
    <div class="play-bar">
      <button type="button" onClick={() => (player.playing.value ? player.pause() : player.play())}>
        {player.playing.value ? "Pause" : now >= player.duration ? "Play" : "Go on"}
      </button>
      <input type="range" min={0} max={player.duration} step={0.04} value={now} aria-label="Time, in transitions" aria-valuetext={words} onInput={(event) => player.seek(event.currentTarget.valueAsNumber)} />
      <span class="hint">{words}</span>
    </div>
  );
}
