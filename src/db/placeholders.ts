/** `?, ?, ?`: `count` placeholders for values to bind. */
export function placeholders(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}
