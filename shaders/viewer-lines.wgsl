// Line segments of constant width on the screen, one instance each; colours are premultiplied.
//   start, end : position and time        time runs along the segment, so that it grows while the animation passes it
// Needs lib/viewer.wgsl.

struct Varying {
  @builtin(position) position: vec4f,
  // pixels from the middle of the line
  @location(0) @interpolate(linear) across: f32,
  @location(1) @interpolate(linear) time: f32,
  @location(2) @interpolate(linear) strength: f32,
  @location(3) @interpolate(flat) style: u32,
}

// Two triangles: x along the segment, y across it.
const corners = array(vec2f(0, -1), vec2f(1, -1), vec2f(0, 1), vec2f(0, 1), vec2f(1, -1), vec2f(1, 1));
const leastDistance = 0.01;

@vertex
fn vertexMain(@builtin(vertex_index) vertex: u32, @location(0) start: vec4f, @location(1) end: vec4f, @location(2) style: f32) -> Varying {
  var a = frame.matrix * vec4f(start.xyz, 1.0);
  var b = frame.matrix * vec4f(end.xyz, 1.0);
  var out: Varying;
  if (max(a.w, b.w) < leastDistance) {
    out.position = vec4f(2.0, 2.0, 2.0, 1.0);
    return out;
  }
  // what is behind the eye is cut off
  if (a.w < leastDistance) { a = mix(a, b, (leastDistance - a.w) / (b.w - a.w)); }
  if (b.w < leastDistance) { b = mix(b, a, (leastDistance - b.w) / (a.w - b.w)); }
  let half = 0.5 * frame.viewport;
  let along = b.xy / b.w * half - a.xy / a.w * half;
  let direction = select(vec2f(1.0, 0.0), normalize(along), length(along) > 1e-4);
  let corner = corners[vertex];
  let at = select(a, b, corner.x > 0.5);
  // half a pixel more for the soft edge
  let reach = 0.5 * styles[u32(style)].size * frame.scale + 0.5;
  let offset = vec2f(-direction.y, direction.x) * corner.y * reach;
  out.position = at + vec4f(offset / half * at.w, 0.0, 0.0);
  out.across = corner.y * reach;
  out.time = mix(start.w, end.w, corner.x);
  out.strength = paled(at.w);
  out.style = u32(style);
  return out;
}

@fragment
fn fragmentMain(in: Varying) -> @location(0) vec4f {
  let style = styles[in.style];
  let width = style.size * frame.scale;
  let edge = clamp(0.5 * width + 0.5 - abs(in.across), 0.0, 1.0) * min(width, 1.0);
  let alpha = style.colour.a * edge * in.strength * strengthAt(in.time, style);
  return vec4f(style.colour.rgb * alpha, alpha);
}
