import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDevice } from "../../src/gpu/open-dawn.ts";
import { fit, packModel, type FileSet, type Model, type Training } from "../../src/model/index.ts";
import { formatSchema } from "../../src/data/index.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "../model/small-model.ts";

const small = smallConfig("best");

/** Trainings of a few seconds whose files hold all that the presets' files do. */
const trainings: Record<string, Training> = {
  best: {
    config: { ...small, completion: { ...small.completion!, hidden: 8, latent: 2, averaging: 0.9, lookEvery: 50, members: 2 }, gaussians: { parts: 2 } },
    schedule: { ...smallSchedule, viSteps: 60, hmcSteps: 4, completionSteps: 80, completionPatience: 80 },
  },
  HHVAEM: { config: smallConfig("HHVAEM"), schedule: smallSchedule },
};

/** The rows that a file's answers are of. */
export const askedRows = smallTable(12, 9);

/** What a model answers by draws from its encoders: those of a chain may part for good at one bit of difference. */
export async function answersOf(model: Model): Promise<number[]> {
  const { cells } = await model.impute(askedRows, { draws: 64, seed: 1, sampler: "encoder" });
  return cells.flatMap(({ value, probabilities = [] }) => [value, ...probabilities]);
}

/** Writes the files of this version into a folder: models as one file and as folders, a checkpoint, a schema, and what the models answer. */
export async function writeFormatFiles(folder: string): Promise<void> {
  const gpu = await openDevice();
  const put = (name: string, content: Uint8Array | string): void => {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  const putAll = (name: string, files: FileSet): void => files.forEach((content, file) => put(`${name}/${file}`, content));
  const answers: Record<string, number[]> = {};
  for (const [name, training] of Object.entries(trainings)) {
    let checkpoint: FileSet | undefined;
    const model = await fit(gpu, smallTable(60), smallSchema, { ...training, seed: 3, wantCheckpoint: () => checkpoint === undefined, onCheckpoint: async (files) => void (checkpoint = files) });
    const files = await model.files();
    put(`${name}.hhvaem`, packModel(files));
    if (name === "HHVAEM") {
      putAll(name, files);
      putAll(`${name}-checkpoint`, checkpoint!);
    }
    answers[name] = await answersOf(model);
  }
  put("schema.json", formatSchema(smallSchema));
  put("answers.json", `${JSON.stringify(answers)}\n`);
  gpu.close();
}

if (process.argv[2]) await writeFormatFiles(process.argv[2]);
