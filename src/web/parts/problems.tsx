import type { Fix, Fixable } from "../engine/data/fixes.ts";

const shown = 200;

interface Props {
  title: string;
  problems: readonly Fixable[];
  /** What a button under a problem does; without it there are none. */
  onFix?: (fix: Fix) => void;
}

/** All that is wrong with a file, with row and column, and what can be done about it. */
export function Problems({ title, problems, onFix }: Props) {
  return (
    <section class="problems" role="alert">
      <h3>{title}</h3>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Row</th>
              <th scope="col">Column</th>
              <th scope="col">Problem</th>
            </tr>
          </thead>
          <tbody>
            {problems.slice(0, shown).map(({ row, column, message, fixes }) => (
              <tr>
                <td class="number">{row ?? ""}</td>
                <td>{column ?? ""}</td>
                <td>
                  {message}
                  {onFix && <Fixes fixes={fixes} onFix={onFix} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {problems.length > shown && <p>and {problems.length - shown} more.</p>}
    </section>
  );
}

/** What can be done about a problem, a button each. */
export function Fixes({ fixes, onFix }: { fixes: readonly Fix[]; onFix: (fix: Fix) => void }) {
  if (fixes.length === 0) return null;
  return (
    <span class="fixes">
      {fixes.map((fix) => (
        <button type="button" class="small" onClick={() => onFix(fix)}>
          {fix.title}
        </button>
      ))}
    </span>
  );
}
