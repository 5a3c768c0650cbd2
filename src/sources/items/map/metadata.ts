import type { Json, RawRecord } from '../../items.ts';
import { cleanText } from './text.ts';
import { compileValue } from './read-value.ts';
import type { ItemMapping } from './settings.ts';

/** Selects what is stored beside the columns. */
export type MetadataReader = (record: RawRecord) => Record<string, Json | undefined>;

/** @param mapped the fields that the mapping uses. */
export function createMetadataReader(
  metadata: ItemMapping['metadata'],
  mapped: ReadonlySet<string>,
): MetadataReader {
  if (metadata === 'none') return () => ({});
  if (metadata === 'all') return (record) => ({ ...record });
  if (metadata === 'rest')
    return (record) => {
      const rest: Record<string, Json | undefined> = {};
      for (const name of Object.keys(record)) if (!mapped.has(name)) assign(rest, name, record[name]);
      return rest;
    };
  const readers = metadata.map((name) => ({ name, ...compileValue(name) }));
  return (record) => {
    const some: Record<string, Json | undefined> = {};
    for (const { name, read } of readers) assign(some, name, read(record));
    return some;
  };
}

/** A field may be called `__proto__`. */
function assign(target: Record<string, Json | undefined>, name: string, value: Json | undefined): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

/** MariaDB refuses JSON with more than 32 levels, MySQL with more than 100. Deeper values are stored as their text. */
const MAX_LEVELS = 30;

/** MySQL limits names in JSON to 65,535 bytes. */
const MAX_NAME = 1000;

/** Writes metadata as JSON that every server accepts: without NUL, half characters, and names or levels beyond its limits. */
export function writeMetadata(value: Record<string, Json | undefined>): string {
  const isFlat = Object.entries(value).every(
    ([name, each]) => name.length <= MAX_NAME && (each === null || typeof each !== 'object'),
  );
  const text = isFlat ? JSON.stringify(value) : undefined;
  // JSON.stringify writes NUL and half characters as escapes.
  return text === undefined || text.includes('\\u') ? JSON.stringify(sanitize(value, 0)) : text;
}

function sanitize(value: Json | undefined, level: number): Json | undefined {
  if (typeof value === 'string') return cleanText(value);
  if (value === null || typeof value !== 'object') return value;
  if (level === MAX_LEVELS) return describeDeep(value);
  if (Array.isArray(value))
    return (value as readonly Json[]).map((each) => sanitize(each, level + 1) ?? null);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      cleanText(name.slice(0, MAX_NAME)),
      sanitize(each, level + 1),
    ]),
  );
}

/** A value with thousands of levels cannot be written as JSON at all. */
function describeDeep(value: Json): string {
  try {
    return cleanText(JSON.stringify(value));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return 'too many levels';
  }
}
