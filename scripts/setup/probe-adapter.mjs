// Run as a process of its own by adapter.mjs, because a broken driver can crash it. Prints one line: {"name"} or {"missing"}.
import { create } from "webgpu";

const gpu = create([]); // held until the end: Dawn crashes when it is collected before its device
const adapter = await gpu.requestAdapter();
if (adapter === null) {
  console.log(JSON.stringify({ missing: "no driver offers an adapter" }));
} else {
  const device = await adapter.requestDevice();
  const { description, device: model, vendor, architecture } = adapter.info;
  console.log(JSON.stringify({ name: description || model || `${vendor} ${architecture}`.trim() || "unnamed adapter" }));
  device.destroy();
}
void gpu;
