/** Omits the word that the cut goes through: half a secret is not recognised as one when messages are cleaned. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).replace(/\S*$/, '')}…`;
}
