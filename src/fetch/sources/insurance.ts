import type { Source } from "../source.ts";

export const insurance: Source = {
  name: "insurance",
  title: "Insurance company benchmark (CoIL 2000, caravan)",
  home: "https://archive.ics.uci.edu/dataset/125/insurance+company+benchmark+coil+2000",
  licence: "CC BY 4.0 at UCI; the owners, Sentient Machine Research, asked for research and education only",
  citation: "van der Putten, P. and van Someren, M. (2000). CoIL Challenge 2000: The Insurance Company Case. doi:10.24432/C5630S",
  note: "5822 training rows, then 4000 evaluation rows; the authors' code reads 5821 and 3999",
  files: [
    // no checksum of the archive is published; of its main member one is, which the text, put together again from the reference values, has
    {
      file: "insurance.zip",
      url: "https://archive.ics.uci.edu/static/public/125/insurance+company+benchmark+coil+2000.zip",
      sha256: null,
      bytes: null,
    },
  ],
  blocks: [
    [{ file: "insurance.zip", member: "ticdata2000.txt", sha256: "5d5bdca1be0b9a6c012b93a8c8104761201bd70f7e08764fa67f2cfb26243723" }],
    [
      { file: "insurance.zip", member: "ticeval2000.txt", sha256: null },
      { file: "insurance.zip", member: "tictgts2000.txt", sha256: null },
    ],
  ],
  layout: { delimiter: "whitespace" },
  rows: 9_822,
  targets: 1,
  columns: [
    ["stype", 1, 41], ["maanthui", 1, 10], ["mgemomv", 1, 6], ["mgemleef", 1, 6], ["moshoofd", 1, 10], ["mgodrk", 0, 9], ["mgodpr", 0, 9],
    ["mgodov", 0, 5], ["mgodge", 0, 9], ["mrelge", 0, 9], ["mrelsa", 0, 7], ["mrelov", 0, 9], ["mfalleen", 0, 9], ["mfgekind", 0, 9],
    ["mfwekind", 0, 9], ["moplhoog", 0, 9], ["moplmidd", 0, 9], ["mopllaag", 0, 9], ["mberhoog", 0, 9], ["mberzelf", 0, 5], ["mberboer", 0, 9],
    ["mbermidd", 0, 9], ["mberarbg", 0, 9], ["mberarbo", 0, 9], ["mska", 0, 9], ["mskb1", 0, 9], ["mskb2", 0, 9], ["mskc", 0, 9], ["mskd", 0, 9],
    ["mhhuur", 0, 9], ["mhkoop", 0, 9], ["maut1", 0, 9], ["maut2", 0, 9], ["maut0", 0, 9], ["mzfonds", 0, 9], ["mzpart", 0, 9], ["minkm30", 0, 9],
    ["mink3045", 0, 9], ["mink4575", 0, 9], ["mink7512", 0, 9], ["mink123m", 0, 9], ["minkgem", 0, 9], ["mkoopkla", 1, 8], ["pwapart", 0, 3],
    ["pwabedr", 0, 6], ["pwaland", 0, 4], ["ppersaut", 0, 9], ["pbesaut", 0, 7], ["pmotsco", 0, 7], ["aaut", 0, 9], ["paanhang", 0, 5],
    ["ptractor", 0, 7], ["pwerkt", 0, 6], ["pbrom", 0, 6], ["pleven", 0, 9], ["ppersong", 0, 6], ["pgezong", 0, 3], ["pwaoreg", 0, 7],
    ["pbrand", 0, 8], ["pzeilpl", 0, 3], ["pplezier", 0, 6], ["pfiets", 0, 1], ["pinboed", 0, 6], ["pbystand", 0, 5], ["awapart", 0, 2],
    ["awabedr", 0, 5], ["awaland", 0, 1], ["apersaut", 0, 12], ["abesaut", 0, 5], ["amotsco", 0, 8], ["avraaut", 0, 4], ["aaanhang", 0, 3],
    ["atractor", 0, 6], ["awerkt", 0, 6], ["abrom", 0, 3], ["aleven", 0, 8], ["apersong", 0, 1], ["agezong", 0, 1], ["awaoreg", 0, 2],
    ["abrand", 0, 7], ["azeilpl", 0, 1], ["aplezier", 0, 2], ["afiets", 0, 4], ["ainboed", 0, 2], ["abystand", 0, 2], ["caravan", 0, 1],
  ],
};
