import { dayMinutes } from "../cells/dates.ts";

/** Whole numbers that go round, by the names of their columns: from and to. */
const circles: readonly { name: RegExp; ranges: readonly (readonly [number, number])[] }[] = [
  { name: /(^|[^a-z])(month|months|mon|monat|mois|mes|mnth)$|[a-z](Month)$/, ranges: [[1, 12], [0, 11]] },
  { name: /(^|[^a-z])(week_?day|wday|dow|day_?of_?(the_?)?week|wochentag)$|[a-z](Weekday|DayOfWeek)$/, ranges: [[1, 7], [0, 6]] },
  { name: /(^|[^a-z])(hour|hours|hr|hod|hour_?of_?(the_?)?day|stunde)$|[a-z](Hour)$/, ranges: [[0, 23], [1, 24]] },
];
/** Levels without an order need to be seen this often in the mean. */
const seenOften = 10;

/** Whether numbers are those of months, days of the week or hours, the last of which is followed by the first. `different`: all that occur. */
export function goesRound(name: string, different: Iterable<number>, seen: number): boolean {
  const values = [...different];
  const fits = (range: readonly [number, number]): boolean => values.every((value) => Number.isInteger(value) && value >= range[0] && value <= range[1]);
  return values.length > 2 && seen >= seenOften * values.length && circles.some((circle) => (circle.name.test(name) || circle.name.test(name.toLowerCase())) && circle.ranges.some(fits));
}

const hour = 60;
/** The day is turned where the hours around another time have at most this share of those around midnight. */
const fewer = 0.5;

/**
 * Where a day of times is best cut open, in minutes after midnight, so that times before and after midnight are near each other: the hour around which fewest times lie, the
 * middle one of several; undefined where midnight does as well.
 */
export function dayBegin(minutes: readonly number[]): number | undefined {
  const hours = dayMinutes / hour;
  const counts = new Float64Array(hours);
  for (const time of minutes) counts[Math.floor(time / hour) % hours]++;
  // times in the hour before and in the hour after
  const around = Array.from(counts, (own, h) => own + counts[(h + hours - 1) % hours]);
  const least = Math.min(...around);
  if (around[0] === 0 || least > fewer * around[0]) return undefined;
  return hour * middleOfLongest(around.map((own) => own === least));
}

/** The middle of the longest run of what is true, on a circle. */
function middleOfLongest(isIn: readonly boolean[]): number {
  const n = isIn.length;
  let [best, longest] = [0, 0];
  for (let begin = 0; begin < n; begin++) {
    let length = 0;
    while (length < n && isIn[(begin + length) % n]) length++;
    if (length > longest) [best, longest] = [(begin + Math.floor(length / 2)) % n, length];
  }
  return best;
}
