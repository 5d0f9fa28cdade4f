/** The paragraphs of a deb822 file (.sources) as lists of [field, value]; continuation lines stay in their value. */
function paragraphs(text) {
  const withoutComments = text.replace(/^#.*\n?/gm, "");
  return withoutComments
    .split(/\n\s*\n/)
    .map((paragraph) => {
      const fields = [];
      for (const line of paragraph.split("\n")) {
        if (/^[ \t]/.test(line) && fields.length > 0) fields.at(-1)[1] += `\n${line}`;
        else if (line.includes(":")) fields.push([line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]);
      }
      return fields;
    })
    .filter((fields) => fields.length > 0);
}

const words = (text = "") => text.split(/\s+/).filter(Boolean);
const serves = (suites, suite) => suites.some((name) => name.replace(/\/$/, "") === suite);

/** Entries for binary packages with a way to write the same entry for another suite. */
function entriesOfSources(text) {
  return paragraphs(text).flatMap((fields) => {
    const field = (name) => fields.find(([key]) => key.toLowerCase() === name)?.[1];
    if (!words(field("types")).includes("deb") || /^(no|false|off|0)$/i.test(field("enabled") ?? "yes")) return [];
    const replaced = { types: "deb", components: "main" };
    const forSuite = (suite) => fields.map(([key, value]) => `${key}: ${{ ...replaced, suites: suite }[key.toLowerCase()] ?? value}\n`).join("");
    return [{ addresses: words(field("uris")), suites: words(field("suites")), components: words(field("components")), extension: "sources", forSuite }];
  });
}

function entriesOfList(text) {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)/.exec(line);
    if (match === null) return [];
    const [, options = "", address, suite, components] = match;
    const forSuite = (other) => `deb ${options.trim()}${options ? " " : ""}${address} ${other} main\n`;
    return [{ addresses: [address], suites: [suite], components: words(components), extension: "list", forSuite }];
  });
}

/**
 * What apt lacks to offer the backports of `codename`: null when they are there already, otherwise { name, text } of a file for
 * sources.list.d that repeats the machine's own entry for its release (same mirror, key and options) with the backports suite.
 * Throws when no entry serves the release. files: [{ path, text }] of sources.list and sources.list.d.
 */
export function backportsEntry(files, codename) {
  const suite = `${codename}-backports`;
  const entries = files.flatMap(({ path, text }) =>
    path.endsWith(".sources") ? entriesOfSources(text) : path.endsWith(".list") ? entriesOfList(text) : [],
  );
  if (entries.some(({ suites, components }) => serves(suites, suite) && components.includes("main"))) return null;
  const release = entries.find(
    ({ addresses, suites, components }) =>
      serves(suites, codename) && components.includes("main") && !addresses.every((address) => address.startsWith("cdrom:")),
  );
  if (!release) throw new Error(`apt's sources have no entry "${codename} main" to take the mirror's address from.`);
  return { name: `${suite}-for-mesa.${release.extension}`, text: release.forSuite(suite) };
}
