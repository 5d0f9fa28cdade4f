import { useId, useState } from "preact/hooks";
import { LineForm } from "./line-form.tsx";

interface Props {
  /** What the texts are; the name of the field and of its list. */
  label: string;
  placeholder?: string;
  texts: readonly string[];
  onAdd: (text: string) => void;
  onRemove: (text: string) => void;
}

/** A list of texts that can be added to and taken from. */
export function Tokens({ label, placeholder, texts, onAdd, onRemove }: Props) {
  const [typed, type] = useState("");
  const id = useId();
  return (
    <LineForm
      onSubmit={() => {
        if (typed.trim() !== "") onAdd(typed.trim());
        type("");
      }}
    >
      <label for={id}>{label}</label>
      <span class="token-line">
        {texts.map((text) => (
          <span class="token">
            {text}
            <button type="button" class="quiet" aria-label={`Take back ${text}: ${label}`} title="Take back" onClick={() => onRemove(text)}>
              ×
            </button>
          </span>
        ))}
        <input id={id} value={typed} placeholder={placeholder} autocomplete="off" onInput={(event) => type(event.currentTarget.value)} />
        <button type="submit" class="small" disabled={typed.trim() === ""}>
          Add
        </button>
      </span>
    </LineForm>
  );
}
