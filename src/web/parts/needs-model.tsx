import { go } from "../state/route.ts";
import { model, table } from "../state/session.ts";
import { phase } from "../state/training.ts";

/** Says what is missing before a question can be asked: a table, a model, or one that fits the other. */
export function NeedsModel({ needsTable = false }: { needsTable?: boolean }) {
  const names = new Set(table.value?.columns.map(({ name }) => name));
  const lacking = model.value?.features.filter(({ name }) => !names.has(name)) ?? [];
  const text = !model.value
    ? phase.value === "idle"
      ? "There is no model yet. Train one on your table, or open a model file on the first page."
      : "The model is still being trained; come back when it is done, or stop the training and use what is learned."
    : !table.value
      ? "No table is open."
      : `The table ${table.value.name} lacks columns of the model “${model.value.name}”: ${lacking.map(({ name }) => name).join(", ")}.`;
  return (
    <section>
      <h2>Nothing to ask yet</h2>
      <p>{text}</p>
      <p class="actions">
        {!table.value && (needsTable || !model.value) && (
          <button type="button" class="primary" onClick={() => go("data")}>
            {model.value ? "Open a table" : "Open a table or a model"}
          </button>
        )}
        {!model.value && table.value && (
          <button type="button" class="primary" onClick={() => go("train")}>
            {phase.value === "idle" ? "Train a model" : "Watch the training"}
          </button>
        )}
        {model.value && table.value && (
          <button type="button" class="primary" onClick={() => go("data")}>
            Open another table
          </button>
        )}
      </p>
    </section>
  );
}
