import type { AdapterFacts } from "../../engine/bench-part.ts";

/** What WebGPU says of the adapter, as far as it matters for speed. */
export function AdapterTable({ adapter }: { adapter: AdapterFacts }) {
  const { name, vendor, architecture, software, features, largestArray, workgroupMemory, subgroups } = adapter;
  const facts: [string, string][] = [
    ["Adapter", `${name}${software ? " (software: the processor computes)" : ""}`],
    ["Vendor, architecture", [vendor, architecture].filter(Boolean).join(", ") || "not told"],
    ["Largest array", `${Math.round(largestArray / 2 ** 20).toLocaleString("en")} MiB`],
    ["Workgroup memory", `${Math.round(workgroupMemory / 1024)} KiB`],
    ["Subgroups", subgroups ? (subgroups.least === subgroups.most ? `of ${subgroups.least}` : `of ${subgroups.least} to ${subgroups.most}`) : "none"],
    ["Optional features", features.join(", ") || "none"],
  ];
  return (
    <section id="bench-adapter">
      <h2>The adapter</h2>
      <table>
        <tbody>
          {facts.map(([what, text]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
