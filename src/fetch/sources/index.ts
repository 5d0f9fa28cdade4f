import type { Source } from "../source.ts";
import { avocado } from "./avocado.ts";
import { bank } from "./bank.ts";
import { boston } from "./boston.ts";
import { concrete } from "./concrete.ts";
import { diabetes } from "./diabetes.ts";
import { energy } from "./energy.ts";
import { insurance } from "./insurance.ts";
import { naval } from "./naval.ts";
import { wine } from "./wine.ts";
import { yacht } from "./yacht.ts";

/**
 * The ten tables of the paper, in its order. Checksums are those that public projects state or that a distribution's package gives (see each file); where neither
 * was to be had it is null. None was taken from the homes themselves.
 */
export const sources: readonly Source[] = [boston, energy, wine, naval, avocado, bank, insurance, diabetes, concrete, yacht];
