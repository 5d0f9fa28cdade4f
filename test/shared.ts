import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";

/** Tables, pictures, posteriors and the reference implementation's numbers, beside the checkout. A public clone has none. */
const folder = fileURLToPath(new URL("../../shared/", import.meta.url));
export const hasShared = existsSync(`${folder}data`) && existsSync(`${folder}reference`);

if (!hasShared) process.stderr.write(`skipped, as ${folder} is not there: tests that need the reference material. A public clone has none; everything else is tested.\n`);

/** `it` and `describe` of what needs them: skipped, with a word, where they are not. */
export const itShared = it.skipIf(!hasShared);
export const describeShared = describe.skipIf(!hasShared);
