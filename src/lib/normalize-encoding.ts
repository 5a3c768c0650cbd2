/** The name of an encoding as `TextDecoder` has it; undefined if it knows none of this name. */
export function normalizeEncoding(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}
