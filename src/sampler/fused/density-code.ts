import type { ColumnTable } from "./column-table.ts";
import { float } from "./float.ts";
import { gaussianCode, scoreCode } from "./likelihood-code.ts";
import { backwardStored, backwardSweep, forwardStored, forwardSweep, range, type Sweep } from "./mlp-code.ts";
import { completionCode, predictorCode } from "./predictor-code.ts";
import type { RowLayout } from "./row-layout.ts";
import { dimOf, logVarRange, type FusedSpec } from "./spec.ts";
import type { PackedMlp, WeightLayout } from "./weight-layout.ts";

/**
 * WGSL of evaluate(): log p at `position`, its gradient left in `gradient`. First down the generative path to the decoder,
 * then back up, each MLP in two sweeps over its hidden units.
 */
export function evaluateCode(spec: FusedSpec, layout: WeightLayout, table: ColumnTable, sweepOf: (mlp: PackedMlp) => Sweep): string {
  const { latents } = spec;
  const layers = latents.length;
  const starts = latents.map((_, l) => latents.slice(0, l).reduce((total, size) => total + size, 0));
  const mlp = (name: string): PackedMlp => layout.mlps.find((candidate) => candidate.name === name)!;
  const lines: string[] = [];
  const h = (l: number): string[] => range(latents[l]).map((i) => `h${l}_${i}`);

  for (let l = layers - 1; l >= 0; l--) {
    for (const i of range(latents[l])) lines.push(`let eps${l}_${i} = position[${starts[l] + i}];`);
  }
  // h_L = eps_L
  lines.push(...h(layers - 1).map((name, i) => `let ${name} = eps${layers - 1}_${i};`));
  // h_l = mu_l + exp(logvar_l / 2) eps_l
  for (let l = layers - 2; l >= 0; l--) {
    const generative = mlp(`generative${l}`);
    lines.push(...forwardSweep(generative, h(l + 1), `g${l}_`, sweepOf(generative)));
    for (const i of range(latents[l])) {
      const logVar = `g${l}_${latents[l] + i}`;
      lines.push(
        `let free${l}_${i} = (${logVar} >= V(${float(logVarRange[0])})) & (${logVar} <= V(${float(logVarRange[1])}));`,
        `let sigma${l}_${i} = exp(0.5 * clamp(${logVar}, V(${float(logVarRange[0])}), V(${float(logVarRange[1])})));`,
        `let h${l}_${i} = fma(sigma${l}_${i}, eps${l}_${i}, g${l}_${i});`,
      );
    }
  }
  const decoder = mlp("decoder");
  const { features } = table;
  const outputs = range(decoder.outputs);
  lines.push("var logLikelihood = V(0.0);", ...range(spec.features).map((d) => `let seen${d} = rowSeen[${d}] > R(0.0);`));
  // log p(z_O | h_1), or log p(x_O | h_1), and its cotangents, in dm or in theta's place
  if (features.stored) {
    lines.push(...forwardStored(decoder, h(0), features.first, sweepOf(decoder)));
    // codes enter x_hat; the kernel has no other use for them
    const codes = spec.predictor?.completion;
    if (codes) lines.push(...range(spec.features).map((d) => `let m${d} = loadTheta(${features.first + d}u);`));
    lines.push(...scoreCode(features, { evidence: "rowZ", seen: "rowSeen" }, !spec.predictor ? "cleared" : codes ? "kept" : "completed"));
  } else {
    lines.push(
      ...forwardSweep(decoder, h(0), "m", sweepOf(decoder)),
      ...outputs.flatMap((d) => gaussianCode({ mean: `m${d}`, cotangent: `dm${d}`, value: `rowZ[${d}]`, seen: `seen${d}`, suffix: `${d}`, variance: spec.variance })),
    );
  }
  if (spec.predictor) {
    lines.push(...completionCode(spec, layout, table, sweepOf), ...predictorCode(spec, table, mlp("predictor"), sweepOf(mlp("predictor")), h(0)));
  }
  const back = features.stored
    ? backwardStored(decoder, h(0), features.first, "dh0_", latents[0], sweepOf(decoder))
    : backwardSweep(decoder, h(0), outputs.map((n) => `dm${n}`), "dh0_", latents[0], sweepOf(decoder));
  lines.push(...back);
  if (spec.predictor) lines.push(...range(latents[0]).map((i) => `dh0_${i} += dp${i};`));
  // d eps_l = sigma_l dh_l; d logvar_l = dh_l sigma_l eps_l / 2; and on to h_{l+1}
  for (let l = 0; l < layers - 1; l++) {
    const generative = mlp(`generative${l}`);
    for (const i of range(latents[l])) {
      lines.push(`let de${l}_${i} = dh${l}_${i} * sigma${l}_${i};`, `let dv${l}_${i} = select(V(0.0), 0.5 * de${l}_${i} * eps${l}_${i}, free${l}_${i});`);
    }
    const cotangents = [...range(latents[l]).map((i) => `dh${l}_${i}`), ...range(latents[l]).map((i) => `dv${l}_${i}`)];
    lines.push(...backwardSweep(generative, h(l + 1), cotangents, `dh${l + 1}_`, latents[l + 1], sweepOf(generative)));
  }
  lines.push(...range(latents[layers - 1]).map((i) => `let de${layers - 1}_${i} = dh${layers - 1}_${i};`));
  // the prior: log N(eps; 0, I)
  lines.push(`var norm = V(0.0);`);
  for (const l of range(layers)) {
    for (const i of range(latents[l])) {
      lines.push(`norm = fma(eps${l}_${i}, eps${l}_${i}, norm);`, `gradient[${starts[l] + i}] = de${l}_${i} - eps${l}_${i};`);
    }
  }
  lines.push(`return logLikelihood - 0.5 * norm - V(${float(0.5 * dimOf(spec) * Math.log(2 * Math.PI))});`);
  return `fn evaluate() -> V {\n${lines.map((line) => `  ${line}`).join("\n")}\n}`;
}

/** WGSL of loadRow(): the row's data, once per chain; masks as numbers. R is a number per row. */
export function loadRowCode({ fields, width, head }: RowLayout): string {
  return `${fields.map(({ name, width: own }) => `var<private> ${variables[name]}: array<R, ${own}>;`).join("\n")}

fn loadRow() {
  for (var i = 0u; i < ${width}u * params.one; i++) {
    let value = rowValue(${width}u, i + ${head}u);
${fields.map(({ name, width: own, start }) => `    if (i >= ${start}u && i < ${start + own}u) { ${variables[name]}[i - ${start}u] = value; }`).join("\n")}
  }
}`;
}

const variables = { z: "rowZ", observed: "rowSeen", x: "rowX", y: "rowY", observedY: "rowSeenY" } as const;
