/**
 * Whether a file of an archive is one that a table describes. Only the name is compared, not its folder, without regard to
 * case; `*` in a pattern is any text.
 */
export function matchesMember(patterns: readonly string[], path: string): boolean {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
  return patterns.some((pattern) => matches(pattern.toLowerCase().split('*'), name));
}

/** @param parts the texts between the `*`, in order. */
function matches(parts: readonly string[], name: string): boolean {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return name === first;
  const last = rest.pop()!;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  const end = name.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
