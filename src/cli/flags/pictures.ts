import { Option, type Command } from "commander";
import { maskHelp, pixelKinds } from "../../data/index.ts";
import { architectures } from "../../model/index.ts";
import { usualImageScale } from "../images/picture-model.ts";
import { positive, wholeFrom } from "./parsers.ts";

/** What --mask takes, for help texts. */
export const masksHelp = `\nMasks:\n${maskHelp.split("\n").map((line) => `  ${line}`).join("\n")}`;

/** Flags of ImageOptions. */
export function imageFlags(command: Command): Command {
  return command
    .option("--labels <file>", "labels of pictures: an IDX file, or a table with the files' names in a column (IDX: found beside the pictures)")
    .option("--size <side>", "bring pictures to this size: 28, or HEIGHTxWIDTH")
    .option("--crop <side>", "first cut this square out of their middle")
    .option("--grey", "read colours as grey")
    .option("--colour", "read grey as colours");
}

/** Flags of PictureModelOptions, where tables are trained on as well. */
export function pictureModelFlags(command: Command): Command {
  return imageFlags(command)
    .addOption(new Option("--arch <name>", "pictures: the paper's networks for MNIST or for CelebA, at any size (default: by size)").choices(["auto", ...architectures]))
    .addOption(new Option("--pixels <kind>", "pictures: on or off, grey levels on a scale, or one of --levels (default: by what they look like)").choices(pixelKinds))
    .option("--levels <k>", "pictures: grey levels of categorical pixels (default: 8)", wholeFrom(2))
    .option("--rows <n>", "pictures: train on so many of them, chosen by the seed (default: all)", wholeFrom(1))
    .option("--scale <x>", `pictures: part of the authors' 100,000 steps (default: ${usualImageScale})`, positive);
}
