import type { AskState } from "../../engine/ask/ask-state.ts";
import { question, remark, thinking } from "../../state/asking.ts";
import { model } from "../../state/session.ts";
import { Gains } from "./gains.tsx";
import { Known } from "./known.tsx";
import { Limits } from "./limits.tsx";
import { Predictions } from "./predictions.tsx";
import { Question } from "./question.tsx";
import { posteriorInWords } from "./words.ts";

/** The question, the prediction, what each value is worth, and what is known. */
export function Conversation({ state }: { state: AskState }) {
  return (
    <div class="ask">
      <Question state={state} />
      <Predictions state={state} />
      <Gains state={state} />
      <Known state={state} />
      <section class="limits">
        <details>
          <summary>Costs and limits</summary>
          <Limits />
        </details>
      </section>
      <Announcement state={state} />
    </div>
  );
}

/** What has changed, for people who do not see it. */
function Announcement({ state }: { state: AskState }) {
  return (
    <p class="unseen" role="status" aria-live="polite">
      {thinking.value ? "" : whatChanged(state)}
    </p>
  );
}

function whatChanged({ predictions, stop }: AskState): string {
  const now = predictions.at(-1)!.targets.map(posteriorInWords).join(" ");
  const asking = question.value;
  const next = stop ? "There is a reason to stop." : asking ? `Next: ${model.value!.features[asking.column].name}.` : "";
  return [remark.value?.kind === "note" ? remark.value.text : "", now, next].filter((part) => part !== "").join(" ");
}
