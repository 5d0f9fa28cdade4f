// The licences of what a build has bundled, from esbuild's metafiles -> dist/THIRD-PARTY-NOTICES.txt, and beside the page its part.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const name = "THIRD-PARTY-NOTICES.txt";

/** Folders of the packages of which something is in the outputs of a build, sorted. */
export function bundledPackages(metafile) {
  const folders = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]));
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

/** A package's name, version, licence and the texts that go with it. Throws where it brings none. */
function noticeOf(root, folder) {
  const { name: own, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i.test(file)).sort();
  if (files.length === 0) throw new Error(`${folder} is bundled and has no file of its licence (${license}); say in scripts/notices.mjs what it asks for.`);
  const texts = files.map((file) => readFileSync(join(root, folder, file), "utf8").replaceAll("\r\n", "\n").trim());
  return { title: `${own} ${version} (${license})`, text: texts.join("\n\n") };
}

/** One text for all packages; those with the same licence text are named together. */
export function noticesText(root, metafiles) {
  const folders = [...new Set(metafiles.flatMap(bundledPackages))].sort();
  const byText = new Map();
  for (const folder of folders) {
    const { title, text } = noticeOf(root, folder);
    byText.set(text, [...new Set([...(byText.get(text) ?? []), title])]);
  }
  const parts = [...byText].map(([text, titles]) => `${titles.join("\n")}\n\n${text}\n`);
  return ["The files of hhvaem contain parts of these packages.\n", ...parts].join(`\n${"-".repeat(78)}\n\n`);
}

/** Writes the notices of all builds, and those of the last, the page, beside it: the page is served by itself. */
export function writeNotices(root, metafiles) {
  writeFileSync(join(root, "dist", name), noticesText(root, metafiles));
  writeFileSync(join(root, "dist/web", name), noticesText(root, metafiles.slice(-1)));
}
