import { type Key, uniform } from "../../math/key.ts";

/** Turns of a stroke, and the pieces between them. */
const [turns, stepsPerTurn] = [4, 8];

/**
 * Hides `count` brush strokes in observed [H, W]: each starts anywhere, runs about half to one and a half of the shorter side in four pieces,
 * turning by up to 72 degrees either way between them and back where it would leave the picture, and is 1/10 to 1/5 of the shorter side thick.
 */
export function hideStrokes(observed: Uint8Array, height: number, width: number, count: number, key: Key): void {
  const side = Math.min(height, width);
  const perStroke = 5 + turns;
  const draws = uniform(key, count * perStroke);
  for (let s = 0; s < count; s++) {
    const [top, left, direction, long, thick, ...bends] = draws.subarray(s * perStroke, (s + 1) * perStroke);
    const radius = Math.max(0.5, (side * (0.1 + 0.1 * thick)) / 2);
    const step = (side * (0.5 + long)) / (turns * stepsPerTurn);
    let [y, x, angle] = [top * height, left * width, 2 * Math.PI * direction];
    hideDisc(observed, height, width, y, x, radius);
    for (const bend of bends) {
      angle += 0.8 * Math.PI * (bend - 0.5);
      for (let i = 0; i < stepsPerTurn; i++) {
        if (!within(y + step * Math.sin(angle), height)) angle = -angle;
        if (!within(x + step * Math.cos(angle), width)) angle = Math.PI - angle;
        y += step * Math.sin(angle);
        x += step * Math.cos(angle);
        hideDisc(observed, height, width, y, x, radius);
      }
    }
  }
}

/** Hides the pixels whose centres lie within the disc; pixel (i, j) has its centre at (i + 1/2, j + 1/2). */
function hideDisc(observed: Uint8Array, height: number, width: number, y: number, x: number, radius: number): void {
  for (let i = Math.max(0, Math.floor(y - radius)); i < Math.min(height, y + radius); i++) {
    for (let j = Math.max(0, Math.floor(x - radius)); j < Math.min(width, x + radius); j++) {
      if ((i + 0.5 - y) ** 2 + (j + 0.5 - x) ** 2 <= radius ** 2) observed[i * width + j] = 0;
    }
  }
}

function within(position: number, side: number): boolean {
  return position >= 0 && position <= side;
}
