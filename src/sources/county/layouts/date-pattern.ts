/** Whether a text is a form of dates, such as `MM/DD/YYYY`: each part once, M and D only between separators. */
export function isDatePattern(pattern: string): boolean {
  const parts: readonly string[] = pattern.match(/Y+|M+|D+/g) ?? [];
  const groups = pattern.split(/[^YMD]+/).filter((group) => group !== '');
  const has = (part: string): boolean => parts.includes(part);
  const isOpen = has('M') || has('D');
  return (
    parts.length === 3 &&
    has('YYYY') &&
    (has('MM') || has('M')) &&
    (has('DD') || has('D')) &&
    (!isOpen || groups.length === 3)
  );
}
