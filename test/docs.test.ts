import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { layers } from "./setup/layers.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const below = (folder: string): string[] => (readdirSync(join(root, folder), { recursive: true }) as string[]).map((path) => path.replaceAll("\\", "/"));

/** Cells of a Markdown table's rows that begin with a folder in backticks: its name and the cells after it. */
const rooms = [...read("docs/architecture/rooms.md").matchAll(/^\| `([\w/-]+)\/` \| (.+) \|$/gm)].map(([, folder, cells]) => ({ folder, cells: cells.split(" | ") }));

test("the page of rooms names every folder of src that holds source files, once, and no other", () => {
  const folders = new Set(below("src").filter((path) => /\.tsx?$/.test(path)).map((path) => dirname(path)).filter((folder) => folder !== "."));
  expect(rooms.map(({ folder }) => folder).sort()).toEqual([...folders].sort());
});

test("its layers may import what the test of layers allows", () => {
  const stated = rooms.filter(({ folder }) => !folder.includes("/")).map(({ folder, cells }) => [folder, cells[1]]);
  const allowed = Object.entries(layers).map(([layer, { values, types = [] }]) => [layer, [...values, ...types.map((other) => `types of ${other}`)].join(", ") || "nothing"]);
  expect(Object.fromEntries(stated)).toEqual(Object.fromEntries(allowed));
});

/** What GitHub makes of a heading as an anchor. */
const anchors = (text: string): string[] => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));

/** Links of a document that lead nowhere: local files that are not there, headings that its target does not have. */
function deadLinks(path: string): string[] {
  const text = read(path).replace(/^```[\s\S]*?^```$/gm, "").replace(/^ {4}.*$/gm, "");
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, link]) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [file, anchor] = link.split("#");
    const target = file === "" ? path : join(dirname(path), file);
    if (!existsSync(join(root, target))) return [`${path}: ${link}`];
    return anchor === undefined || anchors(read(target)).includes(anchor) ? [] : [`${path}: ${link} (no such heading)`];
  });
}

test("links of the documents lead to files and headings that are there", () => {
  const documents = ["README.md", "CONTRIBUTING.md", ...below("docs").filter((path) => path.endsWith(".md")).map((path) => join("docs", path))];
  expect(documents.length).toBeGreaterThan(20);
  expect(documents.flatMap(deadLinks)).toEqual([]);
});

test("source files that the pages on the inside name are there", () => {
  const files = ["src", "shaders", "scripts", "test"].flatMap((folder) => below(folder).map((path) => `/${folder}/${path}`));
  const pages = ["CONTRIBUTING.md", "docs/architecture.md", ...below("docs/architecture").map((path) => `docs/architecture/${path}`)];
  const named = pages.flatMap((page) => [...read(page).matchAll(/`([\w./-]+\.(?:ts|tsx|wgsl|mjs|html))`/g)].filter(([, file]) => !file.includes("NAME")).map(([, file]) => ({ page, file })));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ file }) => !files.some((path) => path.endsWith(`/${file}`)))).toEqual([]);
});
