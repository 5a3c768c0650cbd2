/** Shortens a text to one line of at most this many characters. */
export function fitText(text: string, width: number): string {
  // A control character would move the cursor of the terminal.
  // oxlint-disable-next-line no-control-regex
  const line = text.replaceAll(/[\s\u0000-\u001F\u007F-\u009F]+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= width ? line : `${characters.slice(0, width - 1).join('')}…`;
}

/** Puts two lists of lines side by side. Longer lines are shortened. @param width of each of the two columns. */
export function formatSideBySide(left: readonly string[], right: readonly string[], width: number): string[] {
  const count = Math.max(left.length, right.length);
  return Array.from({ length: count }, (_, at) => {
    const start = fitText(left[at] ?? '', width);
    const padding = ' '.repeat(width - Array.from(start).length);
    return `${start}${padding}  ${fitText(right[at] ?? '', width)}`.trimEnd();
  });
}
