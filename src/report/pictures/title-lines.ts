/** Mean advance of a character at 13 pixels, a generous one. */
export const characterWidth = 7;

/** A text in lines of at most `width` pixels where its words allow it. */
export function titleLines(text: string, width: number): string[] {
  const most = Math.max(1, Math.floor(width / characterWidth));
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((word) => word !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Pixels that a text takes in one line. */
export function textWidth(text: string): number {
  return text.length * characterWidth;
}
