import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { imagesReport, runsCsv, type ImagesExperiment } from "../../experiments/index.ts";
import { writeOutput } from "../inputs/files.ts";
import type { ImagesFolder } from "./images-folder.ts";

/** Writes FILE, and FILE's name with .csv; the pictures of each set as FILE's name with -SET.png. */
export async function writeImagesReport(path: string, folders: readonly ImagesFolder[], against: string): Promise<void> {
  const stem = join(dirname(path), basename(path, extname(path)));
  const experiments: ImagesExperiment[] = [];
  for (const { dir, identity, results } of folders) {
    const drawn = join(dir, "pictures.png");
    const picture = `${basename(stem)}-${identity.name}.png`;
    if (existsSync(drawn)) await copyFile(drawn, join(dirname(path), picture));
    const fullCommand = identity.command.replace(/ --scale \S+/, " --scale 1").replace(/ --rows \S+/, "").replace(/ --hmc-steps \S+/, "").replace(/ --test-rows \S+/, " --test-rows 1000").replace(/ --draws \S+/, " --draws 1000");
    experiments.push({ ...identity, results, fullCommand, ...(existsSync(drawn) && { picture }) });
  }
  await writeOutput(`${stem}.csv`, runsCsv(folders.flatMap(({ results }) => results)));
  await writeOutput(path, imagesReport(experiments, against));
}
