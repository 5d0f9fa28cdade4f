import { readFileSync, readdirSync } from "node:fs";
import { strToU8, zipSync } from "fflate";
import { gunzip, parseTable } from "../../src/data/index.ts";

/** A table of the folder of reference data: header and rows as texts. */
export async function reference(name: string): Promise<{ columns: readonly string[]; rows: string[][] }> {
  const folder = `../shared/data/${name}`;
  const table = parseTable(await gunzip(new Uint8Array(readFileSync(`${folder}/${readdirSync(folder).find((file) => file.startsWith("data.csv"))!}`))));
  return { columns: table.columns, rows: Array.from({ length: table.rows }, (_, row) => table.columns.map((__, column) => table.cell(row, column))) };
}

/** What the homes of the tables serve, rebuilt from the reference data; exact where a text's checksum in the sources holds for it. */
export const originals: Readonly<Record<string, (rows: string[][]) => Record<string, Uint8Array>>> = {
  boston: (rows) => ({ "boston_house_prices.csv": lines(["506,13,,,,,,,,,,,,", '"CRIM","ZN","INDUS","CHAS","NOX","RM","AGE","DIS","RAD","TAX","PTRATIO","B","LSTAT","MEDV"', ...rows.map((row) => row.map(short).join(","))]) }),
  energy: (rows) => ({ "energy.csv": lines(["X1,X2,X3,X4,X5,X6,X7,X8,Y1,Y2", ...rows.map((row) => row.map((cell, i) => (i === 5 || i === 7 ? short(cell) : rounded(cell, 2))).join(","))]) }),
  wine: (rows) => ({ "wine.zip": zipSync({ "wine.data": lines(rows.map((row) => [Number(row[13]) + 1, ...row.slice(0, 13).map((cell) => cell.replace(/^0\./, "."))].join(","))) }) }),
  naval: (rows) => ({ "naval.zip": zipSync({ "UCI CBM Dataset/data.txt": lines(rows.map((row) => row.map((cell) => `   ${exponent(cell)}`).join(""))) }) }),
  avocado: (rows) => {
    let index = 0;
    const body = rows.map((row, i) => {
      const before = rows[i - 1];
      index = before && [9, 10, 11].every((k) => before[k] === row[k]) ? index + 1 : 0;
      return [index, row[0], row[12], ...row.slice(1, 12)].join(",");
    });
    return { "avocado.csv": lines(["index,Date,AveragePrice,Total Volume,PLU_4046,PLU_4225,PLU_4770,Total Bags,Small Bags,Large Bags,XLarge Bags,type,year,region", ...body], "\r\n") };
  },
  bank: (rows) => {
    const header = "age job marital education default housing loan contact month day_of_week duration campaign pdays previous poutcome emp.var.rate cons.price.idx cons.conf.idx euribor3m nr.employed y".split(" ");
    const texts = header.map((_, i) => Number.isNaN(Number(rows[0][i])));
    const body = rows.map((row) => row.map((cell, i) => (texts[i] ? `"${cell}"` : cell)).join(";"));
    const inner = zipSync({ "bank-additional/bank-additional-full.csv": lines([header.map((name) => `"${name}"`).join(";"), ...body], "\r\n") });
    return { "bank.zip": zipSync({ "bank.zip": zipSync({ "bank-full.csv": strToU8("another table") }), "bank-additional.zip": inner }) };
  },
  insurance: (rows) => {
    const [train, evaluation] = [rows.slice(0, 5822), rows.slice(5822)];
    const tabbed = (part: string[][]): Uint8Array => lines(part.map((row) => row.join("\t")), "\r\n");
    return { "insurance.zip": zipSync({ "ticdata2000.txt": tabbed(train), "ticeval2000.txt": tabbed(evaluation.map((row) => row.slice(0, 85))), "tictgts2000.txt": tabbed(evaluation.map((row) => row.slice(85))) }) };
  },
  concrete: (rows) => ({ "concrete.csv": lines(["Cement,Blast Furnace Slag,Fly Ash,Water,Superplasticizer,Coarse Aggregate,Fine Aggregate,Age,Concrete compressive strength", ...rows.map((row) => row.map((cell, i) => (i === 7 ? cell : short(rounded(cell, i === 8 ? 2 : 1)))).join(","))], "\r\n") }),
  yacht: (rows) => ({ "yacht.zip": zipSync({ "yacht_hydrodynamics.data": lines([...rows.map((row) => `${row.join(" ")} `), ""]) }) }),
};

function lines(texts: readonly string[], end = "\n"): Uint8Array {
  return strToU8(texts.map((text) => `${text}${end}`).join(""));
}

function short(cell: string): string {
  return String(Number(cell));
}

/** Rounded half up in decimal, which toFixed is not. */
function rounded(cell: string, digits: number): string {
  const [whole, fraction = ""] = cell.split(".");
  const up = Number(fraction[digits] ?? 0) >= 5 ? 1n : 0n;
  const scaled = (BigInt(whole + fraction.slice(0, digits).padEnd(digits, "0")) + up).toString().padStart(digits + 1, "0");
  return `${scaled.slice(0, -digits)}.${scaled.slice(-digits)}`;
}

/** As printf's %.7e. */
function exponent(cell: string): string {
  return Number(cell).toExponential(7).replace(/e([+-])(\d)$/, "e$10$2");
}
