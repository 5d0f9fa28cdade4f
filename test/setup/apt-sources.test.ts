import { expect, test } from "vitest";
import { backportsEntry } from "../../scripts/setup/apt-sources.mjs";
import { driverSteps, readSystem } from "../../scripts/setup/driver.mjs";

const deb822 = `Types: deb deb-src
# a comment inside
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.test/debian-security
Suites: bookworm-security
Components: main
`;

const oneLine = `# main archive
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://mirror.test/debian/ bookworm main contrib # office
deb-src https://mirror.test/debian bookworm main
deb http://mirror.test/debian-security bookworm-security main
`;

test("a deb822 entry is repeated for the backports: same mirror and key", () => {
  expect(backportsEntry([{ path: "/etc/apt/sources.list.d/debian.sources", text: deb822 }], "bookworm")).toEqual({
    name: "bookworm-backports-for-mesa.sources",
    text: `Types: deb
URIs: http://mirror.test/debian
Suites: bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`,
  });
});

test("a one-line entry is repeated with its options", () => {
  expect(backportsEntry([{ path: "/etc/apt/sources.list", text: oneLine }], "bookworm")).toEqual({
    name: "bookworm-backports-for-mesa.list",
    text: "deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://mirror.test/debian/ bookworm-backports main\n",
  });
});

test("a key inside the entry goes along", () => {
  const text = "Types: deb\nURIs: http://mirror.test/debian\nSuites: bookworm\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDM\n";
  expect(backportsEntry([{ path: "a.sources", text }], "bookworm")?.text).toBe(
    "Types: deb\nURIs: http://mirror.test/debian\nSuites: bookworm-backports\nComponents: main\nSigned-By: \n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDM\n",
  );
});

test("nothing is added where the backports are there already, in either form", () => {
  const listed = { path: "b.list", text: "deb http://mirror.test/debian bookworm-backports main" };
  const paragraph = { path: "c.sources", text: deb822.replace("bookworm-updates", "bookworm-backports") };
  expect(backportsEntry([{ path: "a.sources", text: deb822 }, listed], "bookworm")).toBeNull();
  expect(backportsEntry([paragraph], "bookworm")).toBeNull();
});

test("switched-off, commented, foreign and CD entries do not count", () => {
  const off = { path: "a.sources", text: `Enabled: no\n${deb822.replace("bookworm bookworm-updates", "bookworm bookworm-backports")}` };
  const commented = { path: "b.list", text: "# deb http://mirror.test/debian bookworm-backports main" };
  const cd = { path: "c.list", text: "deb cdrom:[Debian]/ bookworm main" };
  const foreign = { path: "d.list", text: "deb https://packages.test/apt cloud-sdk-bookworm main" };
  const disabledFile = { path: "e.sources.disabled", text: deb822 };
  const all = [off, commented, cd, foreign, disabledFile];
  expect(() => backportsEntry(all, "bookworm")).toThrowErrorMatchingInlineSnapshot(`[Error: apt's sources have no entry "bookworm main" to take the mirror's address from.]`);
  expect(backportsEntry([...all, { path: "f.list", text: oneLine }], "bookworm")?.name).toBe("bookworm-backports-for-mesa.list");
});

test("Debian 12 takes Mesa from the backports, Debian 13 its own; elsewhere the owner decides", () => {
  const sources = [{ path: "a.sources", text: deb822 }];
  const commands = (osRelease: string) => driverSteps(readSystem(osRelease), sources)?.map(({ command }) => command.join(" ")) ?? null;
  const install = "env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends";
  expect(commands('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n')).toEqual([
    "tee /etc/apt/sources.list.d/bookworm-backports-for-mesa.sources",
    "apt-get update",
    `${install} -t bookworm-backports mesa-vulkan-drivers libvulkan1`,
  ]);
  expect(commands('ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n')).toEqual(["apt-get update", `${install} mesa-vulkan-drivers libvulkan1`]);
  expect(commands('ID=debian\nVERSION_ID="11"\nVERSION_CODENAME=bullseye\n')).toBeNull();
  expect(commands('ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n')).toBeNull();
  expect(commands("")).toBeNull();
});
