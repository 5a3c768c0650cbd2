import { isPathKey } from './path-keys.ts';
import { isAddress } from './sample.ts';

/** Parts of an address that do not describe its content. */
const GENERIC =
  /^(?:www|api|apis|data|feeds?|rss|atom|xml|json|csv|index|v\d+(?:\.\d+)*|items?|records|resource|export|download|all|latest|com|org|net|gov)$/i;

const MAX_LENGTH = 31;

/** Guesses a name for a source from its address or path. @param taken names that other sources have. */
export function guessName(target: string, taken: readonly string[]): string {
  const parts = isAddress(target) ? partsOf(new URL(target)) : target.split(/[\\/]/);
  const names = parts
    .map((part) => part.replace(/\.[a-z0-9]+(?:\.(?:gz|zip))?$/i, ''))
    .filter((part) => part !== '' && !GENERIC.test(part));
  const name = toName(names.at(-1) ?? 'source');
  for (let nth = 2, free = name; ; nth += 1) {
    if (!taken.includes(free)) return free;
    free = `${name.slice(0, MAX_LENGTH - 3)}_${nth}`;
  }
}

/** The host, then the path, so that the last part is the most special one. */
function partsOf({ hostname, pathname }: URL): string[] {
  const isNumber = /^[\d.:[\]]+$/.test(hostname);
  const host = isNumber ? undefined : hostname.split('.').find((part) => !GENERIC.test(part));
  const path = pathname
    .split('/')
    .filter((part) => /[a-z]{2}/i.test(part) && !/[%@]/.test(part) && !isPathKey(part));
  return [host ?? '', ...path];
}

function toName(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_\d]+|_+$/g, '')
    .slice(0, MAX_LENGTH);
  return name === '' ? 'source' : name;
}
