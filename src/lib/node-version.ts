// Kept to syntax that Node.js 12 parses: it must run where the rest of the tool does not even load.

/** The oldest Node.js that runs the tool: `engines` in package.json. */
export const MIN_NODE = '20.19.0';

/**
 * Compares a version such as `18.20.8` with `MIN_NODE`.
 * @returns a sentence about a version that is too old; undefined for one that is new enough.
 */
export function describeOldNode(version: string): string | undefined {
  const least = MIN_NODE.split('.').map(Number);
  const own = version.split('.').map(Number);
  for (let part = 0; part < least.length; part += 1) {
    if (own[part]! > least[part]!) return undefined;
    if (own[part]! < least[part]!) {
      return `Node.js ${version} is too old: trestle-etl needs ${MIN_NODE} or newer — install it, and start trestle-etl with it`;
    }
  }
  return undefined;
}
