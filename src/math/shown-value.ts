/** Characters of a value that a message shows. */
const most = 120;

/** A value of a JSON file as messages show it; one that is not there is "nothing". */
export function shownValue(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  return json.length > most ? `${json.slice(0, most - 3)}...` : json;
}
