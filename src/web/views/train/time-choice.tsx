import { useSignal } from "@preact/signals";
import { adapter } from "../../state/session.ts";
import { choose, settings } from "../../state/training.ts";
import { durationWords } from "./time-texts.ts";

/** Seconds that can be chosen at once, and what a time of one's own begins with. */
const offered = [60, 120, 300, 900];
const usualOther = 1800;

/** What the choice means. */
function meaning(time: number | undefined): string {
  const slow = adapter.value !== undefined && "name" in adapter.value && adapter.value.software;
  if (time === undefined) return `All of these steps are trained, however long that takes${slow ? "; without a GPU the whole schedule may take an hour" : ""}.`;
  return `The best model that this machine makes in ${durationWords(time)}, compilation included: each stage gets its part of the schedule. ${slow ? "There is no GPU here, so more time makes a better model." : "It ends before if the whole schedule fits."}`;
}

/** How long to train: a time, or all steps. `steps` says how many those are, `own` whether they are the preset's schedule. */
export function TimeChoice({ steps, own }: { steps: string; own: boolean }) {
  const { time } = settings.value;
  const typed = useSignal(time !== undefined && !offered.includes(time));
  // steps that were changed meanwhile ask for all of them
  const other = typed.value && time !== undefined;
  const take = (seconds: number | undefined, own = false): void => {
    typed.value = own;
    choose({ time: seconds });
  };
  return (
    <fieldset aria-describedby="time-meaning">
      <legend>Time</legend>
      <div class="choices">
        {offered.map((seconds) => (
          <label>
            <input type="radio" name="time" checked={!other && time === seconds} onChange={() => take(seconds)} />
            {durationWords(seconds)}
          </label>
        ))}
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
        <label>
          <input type="radio" name="time" checked={time === undefined} onChange={() => take(undefined)} />
          {own ? "whole schedule:" : "all"} {steps} steps
        </label>
      </div>
      <p class="hint" id="time-meaning">
        {meaning(time)}
      </p>
    </fieldset>
  );
}
