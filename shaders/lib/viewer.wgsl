// What the viewer's shaders share: the camera, the styles, and how things pale with time and distance.

struct Frame {
  matrix: mat4x4f,
  // pixels of the canvas
  viewport: vec2f,
  // pixels of the canvas per CSS pixel
  scale: f32,
  // where the animation is, in transitions
  now: f32,
  // distances from the eye between which things pale by `haze`
  near: f32,
  far: f32,
  haze: f32,
}

struct Style {
  colour: vec4f,
  // width of a line, diameter of a point, in CSS pixels
  size: f32,
  // what is left of it long after its time, and in how many transitions the rest goes
  rest: f32,
  life: f32,
  // width of a ring; 0: a disc
  ring: f32,
}

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<uniform> styles: array<Style, 32>;

// 0 before its time, 1 at it, paling to `rest`; 1 for ever where the time is negative.
fn strengthAt(time: f32, style: Style) -> f32 {
  if (time < 0.0) { return 1.0; }
  if (time > frame.now) { return 0.0; }
  return mix(style.rest, 1.0, exp((time - frame.now) / style.life));
}

fn paled(distance: f32) -> f32 {
  return 1.0 - frame.haze * clamp((distance - frame.near) / (frame.far - frame.near), 0.0, 1.0);
}
