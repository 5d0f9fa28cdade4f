import { useEffect } from "preact/hooks";
import { NeedsModel } from "../../parts/needs-model.tsx";
import { asked, askedRow } from "../../state/asking.ts";
import { go, route, setParams } from "../../state/route.ts";
import { model, modelFitsTable } from "../../state/session.ts";
import { Conversation } from "./conversation.tsx";
import { CurveSection } from "./curve-section.tsx";
import { VerdictLine } from "../verdict/verdict-parts.tsx";
import { StartForm } from "./start-form.tsx";

/** Which value to ask for next: questions, answers, and what they do to the prediction. */
export function AskView() {
  if (!model.value) return <NeedsModel />;
  if (model.value.targets.length === 0) return <NoTarget />;
  return (
    <>
      <VerdictLine />
      <Asking />
      {modelFitsTable.value && <CurveSection />}
    </>
  );
}

/** The conversation, unless the address asks for another row than it is about. */
function Asking() {
  const row = askedRow.value && String(askedRow.value.row + 1);
  const wanted = route.value.params.row;
  const going = asked.value !== undefined && (wanted === undefined || wanted === row);
  useEffect(() => {
    if (going) setParams({ row });
  }, [going, row]);
  return going ? <Conversation state={asked.value!} /> : <StartForm />;
}

function NoTarget() {
  return (
    <section>
      <h2>Nothing to ask for</h2>
      <p>The model “{model.value!.name}” has no target. A value is worth asking for when it tells something about a target: tick one on the first page, and train again.</p>
      <p class="actions">
        <button type="button" class="primary" onClick={() => go("data")}>
          Choose a target
        </button>
      </p>
    </section>
  );
}
