import type { ComponentChildren } from "preact";

/** A line of fields that is decided by Enter or its button. */
export function LineForm({ onSubmit, children }: { onSubmit: () => void; children: ComponentChildren }) {
  return (
    <form
      class="tokens"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}
