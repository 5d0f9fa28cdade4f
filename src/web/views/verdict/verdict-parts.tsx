import { computed } from "@preact/signals";
import { verdictOf, type Finding } from "../../../model/check/verdict.ts";
import { formatRoute } from "../../state/route.ts";
import { model } from "../../state/session.ts";

/** What is to be thought of the model. */
export const verdict = computed(() => verdictOf(model.value?.check));

/** The verdict's word; colour says it again. */
export function VerdictBadge() {
  const { level, title } = verdict.value;
  return <strong class={`verdict ${level}`}>{title}</strong>;
}

/** One line beside answers: how good the model is, and where that is said in full. */
export function VerdictLine() {
  const { level, text, findings } = verdict.value;
  const worst = findings.find((finding) => finding.level === level && level !== "good");
  return (
    <p class="verdict-line" id="verdict-line">
      <span>Is the model good?</span> <VerdictBadge /> {worst ? worst.text : text} <a href={formatRoute({ view: "train", params: {} })}>See the check</a>
    </p>
  );
}

const marks: Record<Finding["level"], [string, string]> = { good: ["✓", "in order"], fair: ["!", "with care"], poor: ["✗", "not in order"] };

/** What the check showed, one thing a line. */
export function Findings() {
  return (
    <ul class="findings">
      {verdict.value.findings.map(({ level, text }) => (
        <li class={level}>
          <span role="img" aria-label={marks[level][1]}>
            {marks[level][0]}
          </span>
          {text}
        </li>
      ))}
    </ul>
  );
}
