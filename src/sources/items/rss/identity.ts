import { createHash } from 'node:crypto';
import type { FeedEntry } from './entry.ts';

export type Identity = 'id' | 'link' | 'link+date';

export type Identified = {
  /** One for each entry, in their order; undefined: the same entry again. */
  readonly keys: readonly (string | undefined)[];
  /** The identity that was used, if it is not the configured one. */
  readonly degradedTo: Identity | undefined;
};

/** Weaker ones come later: they change more often with an edit. */
const LEVELS: readonly Identity[] = ['id', 'link', 'link+date'];

/** The weaker of two identities. */
export function weakerIdentity(one: Identity, other: Identity): Identity {
  return LEVELS.indexOf(one) > LEVELS.indexOf(other) ? one : other;
}

/** Share of entries of one document that may have no identity or that of another entry. */
const MAX_BAD_SHARE = 0.05;

/**
 * Decides what identifies the entries of a document. If more than 5 % have no identity, or share one, the next weaker one is
 * used. An entry that still has none is identified by its title and text.
 */
export function identifyEntries(entries: readonly FeedEntry[], wanted: Identity): Identified {
  const levels = LEVELS.slice(LEVELS.indexOf(wanted));
  const unique = dropRepeated(entries);
  const fitting = levels.find((level) => isFit(unique.map((entry) => identityOf(entry, level))));
  const level = fitting ?? levels.at(-1)!;
  const ids = entries.map((entry) => identityOf(entry, level));
  const counts = new Map<string, Set<string>>();
  ids.forEach((id, index) => {
    if (id !== undefined) counts.set(id, (counts.get(id) ?? new Set()).add(contentOf(entries[index]!)));
  });
  const seen = new Set<string>();
  const keys = entries.map((entry, index) => {
    const key = keyOf(entry, ids[index], counts);
    if (seen.has(key)) return undefined;
    seen.add(key);
    return key;
  });
  return { keys, degradedTo: level === wanted ? undefined : level };
}

/** An id that several entries have is made unique with the link. */
function keyOf(
  entry: FeedEntry,
  id: string | undefined,
  counts: ReadonlyMap<string, ReadonlySet<string>>,
): string {
  if (id === undefined) return hash(entry.title, entry.description, entry.content);
  if (counts.get(id)!.size === 1) return id;
  const link = normalizeLink(entry.link);
  const links = new Set([...counts.get(id)!].map((content) => content.split('\n')[0]));
  return links.size === counts.get(id)!.size ? hash(id, link) : hash(id, link, entry.title, entry.published);
}

function identityOf(entry: FeedEntry, level: Identity): string | undefined {
  const link = normalizeLink(entry.link);
  if (level === 'id') return entry.id ?? link;
  if (link === undefined) return level === 'link' ? entry.id : undefined;
  return level === 'link' ? link : hash(link, entry.published);
}

function isFit(ids: readonly (string | undefined)[]): boolean {
  const known = ids.filter((id) => id !== undefined);
  const bad = ids.length - new Set(known).size;
  return bad <= ids.length * MAX_BAD_SHARE;
}

/** Some feeds list an entry twice. */
function dropRepeated(entries: readonly FeedEntry[]): FeedEntry[] {
  const byContent = new Map(entries.map((entry) => [`${entry.id ?? ''}\n${contentOf(entry)}`, entry]));
  return [...byContent.values()];
}

/** Distinguishes entries with the same id. The link comes first. */
function contentOf(entry: FeedEntry): string {
  return `${normalizeLink(entry.link) ?? ''}\n${entry.title ?? ''}\n${entry.published ?? ''}`;
}

/** The link without tracking parameters, and with https. For comparison only. */
export function normalizeLink(link: string | undefined): string | undefined {
  if (link === undefined || !URL.canParse(link)) return link;
  const url = new URL(link);
  const tracking = [...url.searchParams.keys()].filter((name) => /^(?:utm_.*|fbclid)$/i.test(name));
  for (const name of new Set(tracking)) url.searchParams.delete(name);
  if (url.protocol === 'http:') url.protocol = 'https:';
  return url.href;
}

function hash(...parts: readonly (string | undefined)[]): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}
