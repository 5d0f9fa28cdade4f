import { readCell } from "../cells/format.ts";
import { isContinuous, type Column, type ColumnValue } from "../schema/column.ts";
import { LevelIndex } from "../schema/levels.ts";
import { featureColumns, type Schema } from "../schema/schema.ts";
import { codeValue } from "./decode.ts";
import { readNumber } from "./number.ts";

/**
 * Which features that are not known of a coded row [D] have no value at all, by what the schema says of their holes and what is known of the other features; undefined where it says
 * nothing. Conditions on columns that are no features count for nothing here.
 */
export function absentFeatures(schema: Schema): ((x: ArrayLike<number>, observed: ArrayLike<number>) => number[]) | undefined {
  const features = featureColumns(schema);
  const conditions = features.flatMap(({ keepMissing }, column) => (keepMissing === undefined ? [] : [{ column, where: keepMissing === true ? true : keepMissing.flatMap((value) => codedCondition(features, value)) } as const]));
  if (conditions.length === 0) return undefined;
  return (x, observed) => conditions.filter(({ column, where }) => observed[column] !== 1 && (where === true || where.some(({ at, coded }) => observed[at] === 1 && Math.fround(x[at]) === coded))).map(({ column }) => column);
}

function codedCondition(features: readonly Column[], { column: name, value }: ColumnValue): { at: number; coded: number }[] {
  const at = features.findIndex((feature) => feature.name === name);
  if (at < 0) return [];
  const column = features[at];
  if (!isContinuous(column.type)) {
    const level = new LevelIndex(column.categories ?? [], column.format).find(value);
    return level === undefined ? [] : [{ at, coded: level }];
  }
  const number = readCell(value, column.format) ?? readNumber(value);
  return number === undefined ? [] : [{ at, coded: Math.fround(codeValue(column, number)) }];
}
