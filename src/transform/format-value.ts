/** Formats a value of a record as text for the user. */
export function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Keeps at most 200 characters and adds the full length. */
export function truncateValue(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200).toWellFormed()}… (${text.length} characters)`;
}
