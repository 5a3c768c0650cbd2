/** Returns the beginning of the names of a source's tables: `my-county` becomes `my_county`. */
export function tablePrefix(source: string): string {
  return source.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}
