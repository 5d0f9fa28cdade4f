export interface MatmulShape { batch: number; m: number; n: number; k: number; transA: boolean; transB: boolean; batchA: boolean; batchB: boolean }
export interface MatmulVariant { name: string }
export function defaultVariant(_s: MatmulShape, _o: { software: boolean }): MatmulVariant { return { name: "plain" }; }
export function matmulKernel(s: MatmulShape, _v: MatmulVariant): { workgroupSize: [number, number, number]; dispatch: [number, number, number]; wgsl: string; vectorA?: boolean; vectorB?: boolean } {
  const total = s.batch * s.m * s.n;
  const groups = Math.ceil(total / 64);
  const y = Math.ceil(groups / 65535);
  const x = Math.ceil(groups / y);
  return { workgroupSize: [64, 1, 1], dispatch: [x, y, 1], wgsl: `@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) gid: vec3u) {
  let e = gid.x + gid.y * ${x * 64}u; if (e >= ${total}u) { return; }
  let g = e / ${s.m * s.n}u; let i = (e / ${s.n}u) % ${s.m}u; let j = e % ${s.n}u; var acc = 0.0;
  for (var l = 0u; l < ${s.k}u; l++) { acc += a[${s.batchA ? `g * ${s.m * s.k}u + ` : ""}${s.transA ? `l * ${s.m}u + i` : `i * ${s.k}u + l`}] * b[${s.batchB ? `g * ${s.k * s.n}u + ` : ""}${s.transB ? `j * ${s.k}u + l` : `l * ${s.n}u + j`}]; }
  storeResult(e, i, j, g, acc); }` };
}
