/** A path with references instead of its keys, and the variables that they refer to. */
export type HiddenPath = { readonly path: string; readonly names: readonly string[] };

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MIN_LENGTH = 24;
/** Letters of one case need more of them to look random. */
const MIN_LENGTH_OF_ONE_CASE = 32;
const MIN_PIECE_LENGTH = 16;
const MIN_NUMBERS = 3;

/**
 * Whether a segment of a path looks like a key: long, with several digits among its letters. Titles are words, and a UUID is the
 * public id of a data set.
 */
export function isPathKey(segment: string): boolean {
  const text = withoutEnding(segment);
  if (!/^[\w-]+={0,2}$/.test(text) || text.length < MIN_LENGTH || UUID.test(text)) return false;
  return text.split(/[_=-]/).some((piece) => {
    const numbers = piece.match(/\d+/g)?.length ?? 0;
    if (piece.length < MIN_PIECE_LENGTH || numbers < MIN_NUMBERS) return false;
    const hasBothCases = /[a-z]/.test(piece) && /[A-Z]/.test(piece);
    return hasBothCases || (/[A-Za-z]/.test(piece) && text.length >= MIN_LENGTH_OF_ONE_CASE);
  });
}

/** Replaces the keys of an address without a query. @param prefix of the variables. */
export function hidePathKeys(address: string, prefix: string): HiddenPath {
  const names: string[] = [];
  const path = address
    .split('/')
    .map((segment, nth) => {
      // `https:`, nothing and the host.
      if (nth < 3 || !isPathKey(segment)) return segment;
      names.push(`${prefix}_PATH_KEY${names.length === 0 ? '' : `_${names.length + 1}`}`);
      return `\${${names.at(-1)}}${segment.slice(withoutEnding(segment).length)}`;
    })
    .join('/');
  return { path, names };
}

/** Replaces the keys in the path of an address in a text that may contain it. */
export function redactPathKeys(text: string, address: string): string {
  return listPathKeys(address).reduce((redacted, key) => redacted.replaceAll(key, '[hidden]'), text);
}

/** Lists the keys in the path of an address. */
export function listPathKeys(address: string): string[] {
  const [path = ''] = address.split(/[?#]/);
  return path.split('/').filter(isPathKey).map(withoutEnding);
}

/** `…/KEY.xml` is a key, and what it has. */
function withoutEnding(segment: string): string {
  return segment.replace(/\.[a-z][a-z0-9]{1,4}$/i, '');
}
