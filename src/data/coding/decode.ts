import { writeCell, type ColumnFormat } from "../cells/format.ts";
import { isContinuous, isOnLogScale, isWhole, type Column } from "../schema/column.ts";
import { fromScale, toScale } from "./scale.ts";

/** What coding asks of a column. */
type Coding = Partial<Column> & Pick<Column, "type">;

/** A number in original units as it is coded: standardised on its scale. */
export function codeValue(column: Coding, value: number): number {
  const { mean = 0, std = 1 } = column;
  return (toScale(column, value) - mean) / std;
}

/** A coded value in original units; the index of the level for discrete columns. */
export function decodeValue(column: Coding, coded: number): number {
  const { type, mean = 0, std = 1 } = column;
  if (!isContinuous(type)) return coded;
  const units = fromScale(column, mean + std * coded);
  return isWhole(type) ? Math.round(units) : units;
}

/** A value in original units (or a level's index) as the column's cells are written; in another format, if the table at hand has one. */
export function formatValue(column: Column, value: number, format: ColumnFormat | undefined = column.format): string {
  if (column.categories && !isContinuous(column.type)) return column.categories[value];
  return writeCell(value, digitsOf(column, value), format);
}

/** A value as files of results write it: numbers with a decimal point and no other marks, dates as in the table. */
export function resultText(column: Column, value: number): string {
  return formatValue(column, value, column.format?.date === undefined ? {} : column.format);
}

/** Digits with a decimal point, as many after it as the column has, zeros at their end as in its cells; else seven, or as many as tell its values apart. */
function digitsOf({ decimals, dropsZeros, type, std = 1 }: Column, value: number): string {
  if (decimals === undefined) {
    const relative = isOnLogScale(type) ? std : std / Math.abs(value);
    return String(Number(value.toPrecision(Math.min(17, Math.max(7, 3 - Math.floor(Math.log10(relative || 1)))))));
  }
  const fixed = value.toFixed(decimals);
  const text = dropsZeros && fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
