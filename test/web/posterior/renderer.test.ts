import { mat4 } from "wgpu-matrix";
import { afterAll, describe, expect, it } from "vitest";
import { Renderer, type Picture } from "../../../src/web/views/posterior/space/renderer.ts";
import { SceneBuilder, type Scene } from "../../../src/web/views/posterior/space/scene.ts";
import { OrbitView } from "../../../src/web/views/posterior/space/view.ts";
import { testDevice } from "../../device.ts";

const [width, height] = [64, 48];
const bounds = [[0, width], [0, height], [-1, 1]] as const;
/** Scene units are pixels, y upwards. */
const flat: Picture = { matrix: mat4.ortho(0, width, 0, height, -1, 1), width, height, scale: 1, now: Infinity };
const colours: Record<string, readonly [number, number, number]> = { "--red": [1, 0, 0], "--blue": [0, 0, 1] };

let renderer: Renderer | undefined;
afterAll(() => renderer?.destroy());

/** The picture's pixel at scene place (x, y): red, green, blue, alpha from 0 to 255, premultiplied. */
async function drawn(scene: Scene, picture: Partial<Picture> = {}): Promise<(x: number, y: number) => number[]> {
  const { device } = await testDevice();
  renderer ??= await Renderer.create(device, "rgba8unorm");
  const texture = device.createTexture({ size: [width, height], format: "rgba8unorm", usage: 0x10 | 0x01 });
  renderer.show(scene, (name) => colours[name]);
  renderer.draw(texture.createView(), { ...flat, ...picture });
  const buffer = device.createBuffer({ size: 256 * height, usage: 0x8 | 0x1 });
  const encoder = device.createCommandEncoder();
  encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow: 256 }, [width, height]);
  device.queue.submit([encoder.finish()]);
  await buffer.mapAsync(1);
  const bytes = new Uint8Array(buffer.getMappedRange().slice(0));
  for (const made of [texture, buffer]) made.destroy();
  return (x, y) => Array.from(bytes.subarray((height - 1 - Math.floor(y)) * 256 + 4 * Math.floor(x)).subarray(0, 4));
}

describe("what the shaders draw", () => {
  it("a line of its width from end to end, on a transparent ground", async () => {
    const builder = new SceneBuilder();
    builder.line(builder.style({ colour: "--red", opacity: 1, size: 4 }), [10, 20, 0], [50, 20, 0]);
    const at = await drawn(builder.build(bounds));
    expect([at(30, 20.5), at(30, 19.5), at(11, 18.5), at(48, 21.5)]).toEqual(new Array(4).fill([255, 0, 0, 255]));
    expect([at(30, 23.5), at(30, 16.5), at(8, 20), at(52, 20), at(5, 40)]).toEqual(new Array(5).fill([0, 0, 0, 0]));
  });

  it("half opaque colours premultiplied, later ones over earlier ones", async () => {
    const builder = new SceneBuilder();
    builder.line(builder.style({ colour: "--red", opacity: 1, size: 6 }), [0, 20, 0], [40, 20, 0]);
    builder.line(builder.style({ colour: "--blue", opacity: 0.5, size: 6 }), [20, 20, 0], [60, 20, 0]);
    const at = await drawn(builder.build(bounds));
    const close = (colour: number[], expected: number[]) => colour.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(1));
    close(at(50, 20), [0, 0, 128, 128]);
    close(at(30, 20), [128, 0, 128, 255]);
  });

  it("discs and rings", async () => {
    const builder = new SceneBuilder();
    builder.point(builder.style({ colour: "--red", opacity: 1, size: 16 }), [15.5, 20.5, 0]);
    builder.point(builder.style({ colour: "--blue", opacity: 1, size: 16, ring: 3 }), [45.5, 20.5, 0]);
    const at = await drawn(builder.build(bounds));
    expect([at(15.5, 20.5), at(15.5, 27), at(9, 20.5)]).toEqual(new Array(3).fill([255, 0, 0, 255]));
    expect([at(15.5, 30.5), at(22.5, 27.5)]).toEqual(new Array(2).fill([0, 0, 0, 0]));
    expect([at(45.5, 20.5), at(45.5, 23.5)]).toEqual(new Array(2).fill([0, 0, 0, 0]));
    expect([at(45.5, 26.5), at(52, 20.5)]).toEqual(new Array(2).fill([0, 0, 255, 255]));
  });

  it("nothing before its time, along a line as far as its time has come, and what is left of it long after", async () => {
    const builder = new SceneBuilder();
    builder.line(builder.style({ colour: "--red", opacity: 1, size: 4, rest: 0.5, life: 0.01 }), [10, 20, 0], [50, 20, 0], 1, 2);
    builder.point(builder.style({ colour: "--blue", opacity: 1, size: 8, rest: 0, life: 1 }), [30.5, 40.5, 0], 1.5);
    const scene = builder.build(bounds, 3);
    const early = await drawn(scene, { now: 0.9 });
    expect([early(12, 20), early(30.5, 40.5)]).toEqual([[0, 0, 0, 0], [0, 0, 0, 0]]);
    const half = await drawn(scene, { now: 1.5 });
    expect(half(20, 20)[3]).toBeGreaterThan(120);
    expect(half(32, 20)).toEqual([0, 0, 0, 0]);
    expect(half(30.5, 40.5)).toEqual([0, 0, 255, 255]);
    const late = await drawn(scene, { now: 40 });
    expect(Math.abs(late(45, 20)[3] - 128)).toBeLessThanOrEqual(1);
    expect(late(30.5, 40.5)[3]).toBe(0);
  });

  it("only within the clip, and heads where they are now", async () => {
    const builder = new SceneBuilder();
    const style = builder.style({ colour: "--red", opacity: 1, size: 4 });
    builder.line(style, [0, 20, 0], [64, 20, 0]);
    builder.runner(style, (now) => [10 * now, 40, 0]);
    // 10 to 40 across, all of the height
    const at = await drawn(builder.build(bounds, 5), { now: 2, clip: [10, 0, 30, height] });
    expect([at(8, 20)[3], at(12, 20)[3], at(38, 20)[3], at(42, 20)[3]]).toEqual([0, 255, 255, 0]);
    expect([at(20, 40)[3], at(30, 40)[3]]).toEqual([255, 0]);
  });

  it("what is far away paler than what is near, in a view around the scene; what is behind the eye not at all", async () => {
    const box = [[-1, 1], [-1, 1], [-1, 1]] as const;
    const view = new OrbitView(box, { azimuth: 0, elevation: 0, distance: 3 });
    const builder = new SceneBuilder();
    const style = builder.style({ colour: "--red", opacity: 1, size: 6 });
    // the eye is on the x axis: x is near, -x far
    builder.point(style, [1, 0.5, 0]);
    builder.point(style, [-1, -0.5, 0]);
    builder.line(style, [20, 0, 1], [30, 0, 1]);
    const at = await drawn(builder.build(box), { matrix: view.matrix(width, height), haze: view.haze });
    const alphas = (from: number, to: number): number => Math.max(...Array.from({ length: to - from }, (_, i) => at(from + i, height / 2)[3]));
    const [near, far] = [alphas(width / 2, width), alphas(0, width / 2)];
    expect(near).toBeGreaterThan(1.3 * far);
    expect(far).toBeGreaterThan(60);
    for (let x = 0; x < width; x++) expect(at(x, height - 2)[3]).toBe(0);
  });
});
