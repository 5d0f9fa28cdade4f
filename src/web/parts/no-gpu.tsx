import { adapter } from "../state/session.ts";

/** Says which browsers have WebGPU where this one has not; the data can be looked at all the same. */
export function NoGpu() {
  if (!adapter.value || "name" in adapter.value) return null;
  return (
    <section class="problems" role="alert" id="no-gpu">
      <h2>No WebGPU here</h2>
      <p>Training and answers are computed on the GPU through WebGPU, and {adapter.value.missing}. You can still open and look at a table. To get WebGPU:</p>
      <ul>
        <li>Chrome or Edge 113 and later on Windows, macOS and ChromeOS, 121 and later on Android: on by default.</li>
        <li>
          Chrome or Edge on Linux: on by default with some GPUs; otherwise open <code>chrome://flags/#enable-unsafe-webgpu</code>, choose Enabled, and restart. Without a GPU, start it with{" "}
          <code>--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader</code>.
        </li>
        <li>Safari 26 and later on macOS, iOS and iPadOS: on by default.</li>
        <li>
          Firefox 141 and later on Windows, 145 and later on macOS with Apple silicon: on by default; elsewhere set <code>dom.webgpu.enabled</code> in <code>about:config</code>.
        </li>
        <li>
          The page must come from <code>https://</code> or from <code>localhost</code>: open it with <code>hhvaem web</code>.
        </li>
      </ul>
    </section>
  );
}
