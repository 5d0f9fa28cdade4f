import { useEffect, useRef } from "preact/hooks";
import type { Candidate } from "../../../acquisition/api.ts";
import { expectedText } from "../../../data/coding/read-value.ts";
import { isContinuous, type Column } from "../../../data/schema/column.ts";
import type { AskState } from "../../engine/ask/ask-state.ts";
import { percent, short } from "../../parts/numbers.ts";
import { answer, askAbout, askedRow, askSettings, back, costly, inNats, leave, question, remark, thinking, turn, unknown } from "../../state/asking.ts";
import { model } from "../../state/session.ts";
import { verdict } from "../verdict/verdict-parts.tsx";
import { gainText, reasonInWords } from "./words.ts";

/** More levels than this are chosen from a list instead of by buttons. */
const mostButtons = 6;

/** Puts the cursor where the answer goes, once it is there. */
export function focusAnswer(): void {
  setTimeout(() => (document.getElementById("answer") ?? document.getElementById("question"))?.focus(), 0);
}

/** The turn whose answer had the cursor: coming back from another view does not move it. */
let focused = 0;

/** The value to ask for now, and the ways to answer. */
export function Question({ state }: { state: AskState }) {
  const asking = question.value;
  const column = asking && model.value!.features[asking.column];
  const known = asking && askedRow.value?.features[asking.column];
  const now = turn.value;
  useEffect(() => {
    if (now !== focused) focusAnswer();
    focused = now;
  }, [now]);
  // only a model that held on rows it had not seen may say that it is enough
  const trusted = verdict.value.level === "good";
  const targets = model.value!.targets.map(({ name }) => name).join(", ");
  return (
    <section class="question" aria-busy={thinking.value}>
      {state.stop && (
        <div class="callout" id="enough">
          <p>
            <strong>{trusted || state.stop !== "gain" ? "Enough." : "The model sees nothing more to ask."}</strong> {reasonInWords(state, targets, askSettings.value, trusted)} {asking && "You can go on all the same."}
          </p>
        </div>
      )}
      <h2 id="question" tabIndex={-1}>
        {column ? `What is ${column.name}?` : "No question is left"}
      </h2>
      {asking && <p class="hint">{worth(asking, state, targets)}</p>}
      {asking && column && <AnswerForm key={`${asking.column} ${now}`} asking={asking} column={column} />}
      {remark.value && (
        <p class="warning" id="remark" role="alert">
          {remark.value.text}
        </p>
      )}
      <p class="actions">
        {asking && known !== undefined && (
          <button type="button" onClick={() => thinking.value || answer(asking.column, known)}>
            Take the row’s value
          </button>
        )}
        {asking && (
          <button type="button" onClick={() => thinking.value || unknown(asking.column)}>
            I don’t know
          </button>
        )}
        <button type="button" disabled={state.predictions.length === 1} onClick={() => thinking.value || back()}>
          Back
        </button>
        <button type="button" onClick={leave}>
          Start over
        </button>
        <span class="hint">{thinking.value ? "thinking …" : ""}</span>
      </p>
      {state.candidates.length > 1 && <AnotherQuestion state={state} />}
      {state.warnings.map((warning) => (
        <p class="warning">{warning}</p>
      ))}
    </section>
  );
}

/** What the answer is worth. */
function worth(asking: Candidate, { method, width, candidates }: AskState, targets: string): string {
  const { cost, expectedWidth } = asking;
  const parts: string[] = [];
  if (inNats(method)) {
    const first = asking === candidates[0] && candidates.length > 1 ? (costly.value ? "Tells most per cost: " : "Tells most: ") : "Tells ";
    parts.push(`${first}about ${gainText(asking)} nats about ${targets}`);
  } else parts.push(method === "random" ? "Chosen at random" : "The value that is least certain itself");
  if (costly.value) parts.push(`costs ${short(cost)}`);
  if (width !== undefined && expectedWidth !== undefined && expectedWidth < 0.995 * width) parts.push(`the interval is expected to get about ${percent(1 - expectedWidth / width)} narrower`);
  return `${parts.join("; ")}.`;
}

function AnswerForm({ asking, column }: { asking: Candidate; column: Column }) {
  const input = useRef<HTMLInputElement & HTMLSelectElement>(null);
  const { categories = [] } = column;
  const problem = remark.value?.kind === "problem";
  const send = (text: string): void => {
    if (!thinking.value) void answer(asking.column, text);
  };
  if (!isContinuous(column.type) && categories.length <= mostButtons) {
    return (
      <div class="actions" role="group" id="answer" tabIndex={-1} aria-labelledby="question">
        {categories.map((label) => (
          <button type="button" class="level" onClick={() => send(label)}>
            {label}
          </button>
        ))}
      </div>
    );
  }
  const common = { id: "answer", ref: input, "aria-labelledby": "question", "aria-describedby": problem ? "expected remark" : "expected", "aria-invalid": problem } as const;
  return (
    <form
      class="answer"
      onSubmit={(event) => {
        event.preventDefault();
        send(input.current!.value);
      }}
    >
      <p class="actions">
        {isContinuous(column.type) ? (
          <input type="text" inputMode={column.format === undefined ? "decimal" : "text"} placeholder={column.format?.date} autoComplete="off" {...common} />
        ) : (
          <select {...common}>
            <option value="">choose …</option>
            {categories.map((label) => (
              <option value={label}>{label}</option>
            ))}
          </select>
        )}
        <button type="submit" class="primary">
          Answer
        </button>
      </p>
      <p class="hint" id="expected">
        {isContinuous(column.type) ? `Expected: ${expectedText(column)}.` : `${categories.length} levels.`}
      </p>
    </form>
  );
}

/** Another value can be answered first. */
function AnotherQuestion({ state }: { state: AskState }) {
  return (
    <label class="another">
      or answer about{" "}
      <select value={String(question.value?.column)} onChange={({ currentTarget }) => askAbout(Number(currentTarget.value))}>
        {state.candidates.map((candidate) => (
          <option value={String(candidate.column)}>
            {candidate.name}
            {state.method === "random" ? "" : `: ${gainText(candidate)}`}
          </option>
        ))}
      </select>
    </label>
  );
}
