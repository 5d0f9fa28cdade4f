import type { ExampleAnswers } from "../../engine/example-answers.ts";

/** Some rows of the example, what was missing shaded. */
export function ExampleTable({ answers: { columns, shown } }: { answers: ExampleAnswers }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Rows of the example, filled">
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ cells }) => (
            <tr>
              {cells.map((cell, j) =>
                typeof cell === "string" ? (
                  <td>{cell}</td>
                ) : (
                  <td class="filled" data-label={columns[j]} style={{ "--uncertainty": `${Math.round(100 * cell.uncertainty)}%` }}>
                    <span class="value">{cell.text}</span>
                    {cell.between && <small>{cell.between.join(" – ")}</small>}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
