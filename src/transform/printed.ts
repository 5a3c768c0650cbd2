/** A value of a record as text, for people. */
export function printed(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** At most 200 characters of it, and how long it is. */
export function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200).toWellFormed()}… (${text.length} characters)`;
}
