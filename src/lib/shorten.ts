/** Drops the word at the cut: half a secret would not be recognised when messages are redacted. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).replace(/\S*$/, '')}…`;
}
