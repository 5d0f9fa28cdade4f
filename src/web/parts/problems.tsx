import type { TableProblem } from "../../data/index.ts";

const shown = 200;

/** All that is wrong with a file, with row and column. */
export function Problems({ title, problems }: { title: string; problems: readonly TableProblem[] }) {
  return (
    <section class="problems" role="alert">
      <h3>{title}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">Column</th>
            <th scope="col">Problem</th>
          </tr>
        </thead>
        <tbody>
          {problems.slice(0, shown).map(({ row, column, message }) => (
            <tr>
              <td class="number">{row ?? ""}</td>
              <td>{column ?? ""}</td>
              <td>{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {problems.length > shown && <p>and {problems.length - shown} more.</p>}
    </section>
  );
}
