// Uses only syntax that Node.js 12 parses: it must run on versions that cannot load the rest of the tool.

/** The oldest supported Node.js: `engines` in package.json. */
export const MIN_NODE_VERSION = '20.19.0';

/**
 * Compares a version such as `18.20.8` with `MIN_NODE_VERSION`.
 * @returns an error message if the version is too old; otherwise undefined.
 */
export function describeOldNode(version: string): string | undefined {
  const minimum = MIN_NODE_VERSION.split('.').map(Number);
  const actual = version.split('.').map(Number);
  for (let part = 0; part < minimum.length; part += 1) {
    if (actual[part]! > minimum[part]!) return undefined;
    if (actual[part]! < minimum[part]!) {
      return `Node.js ${version} is too old: trestle-etl needs ${MIN_NODE_VERSION} or newer — install it, and start trestle-etl with it`;
    }
  }
  return undefined;
}
