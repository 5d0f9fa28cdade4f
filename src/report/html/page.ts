import { escapeHtml } from "./escape.ts";

/** A part of a page: a heading, a sentence that says how to read it, and what it shows, as HTML. */
export interface Section {
  title: string;
  lead: string;
  content: string;
}

const style = `
:root { color-scheme: light dark; --text: #1c2330; --soft: #5b6472; --line: #d8dde5; --ground: #ffffff; --card: #f6f8fa; --a: #2463b5; --b: #d9822b; --hole: #d9822b; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ef; --soft: #9aa4b2; --line: #39414d; --ground: #14181f; --card: #1b212a; --a: #6ea8fe; --b: #f0a35e; --hole: #f0a35e; } }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground); }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; } h2 { font-size: 1.25rem; margin: 2.2rem 0 .2rem; } h3 { font-size: 1rem; margin: 0 0 .2rem; }
p.lead { margin: 0 0 .8rem; color: var(--soft); max-width: 60rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; }
figure { margin: 0; padding: .7rem; background: var(--card); border-radius: .5rem; break-inside: avoid; }
figcaption { font-weight: 600; font-size: .9rem; overflow-wrap: anywhere; } figcaption small { font-weight: 400; color: var(--soft); }
svg { max-width: 100%; height: auto; color: var(--text); background: none; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .88rem; } th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
code { font-size: .85em; overflow-wrap: anywhere; } .key i { display: inline-block; width: .8em; height: .8em; border-radius: .15em; margin: 0 .3em 0 .9em; }
@media print { body { max-width: none; padding: 0; } }
`;

/** A page in one file: no script, and nothing that is fetched. */
export function htmlPage(title: string, subtitle: string, sections: readonly Section[]): string {
  const part = ({ title: heading, lead, content }: Section): string => `<section>\n<h2>${escapeHtml(heading)}</h2>\n<p class="lead">${escapeHtml(lead)}</p>\n${content}\n</section>\n`;
  return (
    `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n` +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">\n` +
    `<title>${escapeHtml(title)}</title>\n<style>${style}</style>\n</head>\n<body>\n<h1>${escapeHtml(title)}</h1>\n<p class="lead">${escapeHtml(subtitle)}</p>\n${sections.map(part).join("")}</body>\n</html>\n`
  );
}

/** A table of texts; columns whose cells are numbers are aligned to the right. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const numeric = head.map((_, i) => rows.length > 0 && rows.every((row) => row[i] === "" || /^[-−+]?[\d.]/.test(row[i])));
  const cell = (tag: string) => (text: string, i: number): string => `<${tag}${numeric[i] ? ' class="n"' : ""}>${escapeHtml(text)}</${tag}>`;
  return `<div class="scroll"><table><thead><tr>${head.map(cell("th")).join("")}</tr></thead><tbody>\n${rows.map((row) => `<tr>${row.map(cell("td")).join("")}</tr>\n`).join("")}</tbody></table></div>`;
}

/** A picture with its caption. */
export function figure(caption: string, note: string, picture: string): string {
  return `<figure><figcaption>${escapeHtml(caption)}${note === "" ? "" : ` <small>${escapeHtml(note)}</small>`}</figcaption>${picture}</figure>`;
}

export function grid(figures: readonly string[]): string {
  return `<div class="grid">\n${figures.join("\n")}\n</div>`;
}
