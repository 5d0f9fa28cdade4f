import type { AskState, KnownValue } from "../../engine/ask/ask-state.ts";
import { short } from "../../parts/numbers.ts";
import { askedRow, costly, forget, thinking } from "../../state/asking.ts";
import { model, table } from "../../state/session.ts";

/** What is known now; each value can be forgotten, to see what it was worth. */
export function Known({ state: { known, unknown, spent } }: { state: AskState }) {
  const { features } = model.value!;
  const from = askedRow.value;
  return (
    <section class="known-now">
      <h2>What is known</h2>
      {from && <Values title={`From row ${from.row + 1} of ${table.value?.name ?? "the table"}`} values={known.filter(({ answered }) => !answered)} />}
      {(from || known.length > 0) && <Values title="Your answers" values={known.filter(({ answered }) => answered)} />}
      {!from && known.length === 0 && <p class="hint">Nothing yet.</p>}
      {unknown.length > 0 && <p>Not to be had: {unknown.map((column) => features[column].name).join(", ")}.</p>}
      {costly.value && <p>Spent so far: {short(spent)}.</p>}
      {known.length > 0 && <p class="hint">× takes a value as missing, to see what it was worth.</p>}
    </section>
  );
}

function Values({ title, values }: { title: string; values: readonly KnownValue[] }) {
  return (
    <div>
      <h3>{title}</h3>
      {values.length === 0 ? (
        <p class="hint">none</p>
      ) : (
        <ul class="chips">
          {values.map(({ column, name, text }) => (
            <li key={column}>
              <span>
                {name} <strong>{text}</strong>
              </span>
              <button type="button" class="quiet" aria-label={`Take ${name} as missing`} title="Take as missing" onClick={() => thinking.value || forget(column)}>
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
