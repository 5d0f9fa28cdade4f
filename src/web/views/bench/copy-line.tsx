import { useRef, useState } from "preact/hooks";
import type { BenchReport } from "../../engine/bench-part.ts";
import { version } from "../../version.ts";
import { lineOf } from "./summary.ts";

/** The result in one line, with a button that copies it. */
export function CopyLine({ report }: { report: BenchReport }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState("");
  const line = lineOf(report, version, navigator.userAgent, new Date().toISOString().slice(0, 10));
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(line);
      setCopied("copied");
    } catch {
      // without permission the text is selected, and the keyboard copies it
      field.current!.select();
      setCopied("selected: copy it with the keyboard");
    }
  };
  return (
    <div class="copy-line">
      <label>
        In one line{report.whole ? "" : ", as far as measured"} <input ref={field} id="bench-line" readOnly value={line} size={80} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <p class="actions">
        <button type="button" onClick={copy}>
          Copy
        </button>
        <span role="status" class="hint">
          {copied}
        </span>
      </p>
    </div>
  );
}
