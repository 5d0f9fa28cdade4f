import { useSignal } from "@preact/signals";
import { adapter, model } from "../../state/session.ts";
import { choose, settings } from "../../state/training.ts";
import { durationWords } from "./time-texts.ts";

/** Seconds that can be chosen at once, on a software adapter and on others, and what a time of one's own begins with. */
const offered = { software: { Quick: 120, Good: 600 }, other: { Quick: 60, Good: 300 } } as const;
const usualOther = 1800;

/** How long the whole schedule takes on this machine, if a training of a model that is open has measured it. */
function wholeText(): string {
  const { time, preset } = model.value ?? {};
  if (!time || preset !== settings.value.preset) return "as long as it takes";
  return `about ${durationWords(60 * Math.max(1, Math.round(time.whole / 60)))} here`;
}

function isSlow(): boolean {
  return adapter.value !== undefined && "name" in adapter.value && adapter.value.software;
}

/** What the choice means. */
function meaning(time: number | undefined): string {
  const slow = isSlow();
  if (time === undefined) return `The whole schedule is trained, however long that takes${slow ? "; without a GPU the whole schedule may take an hour" : ""}.`;
  return `The best model that this machine makes in ${durationWords(time)}, compilation included: each stage gets its part of the schedule. ${slow ? "There is no GPU here, so more time makes a better model." : "It ends before if the whole schedule fits."}`;
}

/** How long to train: a time, or all steps. `steps` says how many those are, `own` whether they are the preset's schedule. */
export function TimeChoice({ steps, own }: { steps: string; own: boolean }) {
  const { time } = settings.value;
  const times = Object.entries(offered[isSlow() ? "software" : "other"]);
  const isOffered = (seconds: number): boolean => times.some(([, one]) => one === seconds);
  const typed = useSignal(time !== undefined && !isOffered(time));
  // steps that were changed meanwhile ask for all of them
  const other = (typed.value || (time !== undefined && !isOffered(time))) && time !== undefined;
  const take = (seconds: number | undefined, own = false): void => {
    typed.value = own;
    choose({ time: seconds });
  };
  return (
    <fieldset aria-describedby="time-meaning">
      <legend>How long to train</legend>
      <div class="choices">
        {times.map(([name, seconds]) => (
          <label>
            <input type="radio" name="time" checked={!other && time === seconds} onChange={() => take(seconds)} />
            <span>
              <strong>{name}</strong> {durationWords(seconds)}
            </span>
          </label>
        ))}
        <label>
          <input type="radio" name="time" checked={time === undefined} onChange={() => take(undefined)} />
          <span title={`${own ? "The whole schedule" : "All"}: ${steps} steps`}>
            <strong>{own ? "Best" : "All steps"}</strong> {own ? wholeText() : steps}
          </span>
        </label>
        <label>
          <input
            type="radio"
            name="time"
            aria-label="Another time"
            checked={other}
            onChange={(event) => {
              const minutes = event.currentTarget.form!.querySelector<HTMLInputElement>("[name=minutes]")!;
              if (minutes.validity.valid) take(60 * minutes.valueAsNumber, true);
            }}
          />
          <input
            type="number"
            name="minutes"
            aria-label="Another time, in minutes"
            min={0.1}
            step="any"
            required
            defaultValue={String((other ? time : usualOther) / 60)}
            onInput={(event) => event.currentTarget.validity.valid && take(60 * event.currentTarget.valueAsNumber, true)}
          />
          minutes
        </label>
      </div>
      <p class="hint" id="time-meaning">
        {meaning(time)}
      </p>
    </fieldset>
  );
}
