// Discs and rings of constant size on the screen, one instance each; colours are premultiplied.
//   place : position and time
// Needs lib/viewer.wgsl.

struct Varying {
  @builtin(position) position: vec4f,
  // pixels from the centre
  @location(0) @interpolate(linear) offset: vec2f,
  @location(1) @interpolate(flat) strength: f32,
  @location(2) @interpolate(flat) style: u32,
}

const corners = array(vec2f(-1, -1), vec2f(1, -1), vec2f(-1, 1), vec2f(-1, 1), vec2f(1, -1), vec2f(1, 1));

@vertex
fn vertexMain(@builtin(vertex_index) vertex: u32, @location(0) place: vec4f, @location(1) style: f32) -> Varying {
  let centre = frame.matrix * vec4f(place.xyz, 1.0);
  let drawn = styles[u32(style)];
  // half a pixel more for the soft edge
  let offset = corners[vertex] * (0.5 * drawn.size * frame.scale + 0.5);
  var out: Varying;
  out.position = centre + vec4f(offset / (0.5 * frame.viewport) * centre.w, 0.0, 0.0);
  out.offset = offset;
  out.strength = paled(centre.w) * strengthAt(place.w, drawn);
  out.style = u32(style);
  return out;
}

@fragment
fn fragmentMain(in: Varying) -> @location(0) vec4f {
  let style = styles[in.style];
  let radius = 0.5 * style.size * frame.scale;
  let distance = length(in.offset);
  var edge = clamp(radius + 0.5 - distance, 0.0, 1.0);
  if (style.ring > 0.0) { edge *= clamp(distance - radius + style.ring * frame.scale + 0.5, 0.0, 1.0); }
  let alpha = style.colour.a * edge * in.strength;
  return vec4f(style.colour.rgb * alpha, alpha);
}
