/** The formats of dates that are numbers: seconds or milliseconds since 1970. */
export const [UNIX, UNIX_MS] = ['unix', 'unix_ms'];

/** What is wrong with a format of dates; undefined if nothing is. Text in single quotes is not a part of the pattern. */
export function findFormatProblem(format: string): string | undefined {
  if (format === UNIX || format === UNIX_MS) return undefined;
  const pattern = format.replaceAll(/'[^']*'/g, '');
  // Other tools write them like this. Luxon reads DD as a localised date, and YYYY as no year.
  if (/D|Y/.test(pattern))
    return `"${format}" has D or Y: write days as dd and years as yyyy, such as MM/dd/yyyy`;
  if (!/y|o|k/.test(pattern) || !/[a-zA-Z]/.test(pattern))
    return `"${format}" has no year: write it as yyyy, such as MM/dd/yyyy`;
  return undefined;
}

/** Whether this is a time zone of the IANA database, or an offset. */
export function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
