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
              <td>{forThePage(message)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {problems.length > shown && <p>and {problems.length - shown} more.</p>}
    </section>
  );
}

/** Messages name options of the command line; here there are menus for them. */
export function forThePage(message: string): string {
  return message
    .replace(/ or use --type "[^"]*=(\w+)"\.$/, " or choose the type $1.")
    .replace(/leave (it|the column) out with --type "[^"]*=ignore"/, "choose ignore to leave $1 out")
    .replace(/; write a schema .*--schema\.$/, "; number them in the file, or choose categorical.")
    .replace(/use --type "[^"]*=(\w+)"/, "choose the type $1")
    .replace(/ \(--missing\)/, ' (under "How the file is read")')
    .replace(/, or use --no-header/, ', or say under "How the file is read" that there is no header');
}
