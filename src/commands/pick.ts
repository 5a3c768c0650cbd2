import type { Context } from '../app/context.ts';
import { UsageError } from '../errors.ts';
import { parseInstant } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { hasKeysOfItsOwn } from '../run/repair/reconcile.ts';

/** What `--resources` names; all of them without it. @throws UsageError for one that RESOURCES does not have. */
export function pick(
  all: readonly Dataset[],
  names: readonly string[] | undefined,
  flag = '--resources',
): readonly Dataset[] {
  if (names === undefined) return all;
  const strange = names.filter((name) => !all.some((resource) => resource.name === name));
  if (strange.length === 0) return all.filter((resource) => names.includes(resource.name));
  throw new UsageError(
    `${flag} names ${strange.join(', ')}; RESOURCES has ${all.map((resource) => resource.name).join(', ')}`,
    { op: 'read arguments', hint: 'add it to RESOURCES, or leave it out' },
  );
}

/** What `reconcile` and `verify` take where nothing is named. */
export function withKeysOfTheirOwn({
  resources,
  config,
}: Pick<Context, 'resources' | 'config'>): readonly Dataset[] {
  return resources.filter((resource) => hasKeysOfItsOwn(resource, config.filters));
}

/** The instant that `--since` or another flag names; a day begins at midnight UTC. @throws UsageError */
export function instant(text: string, now: number, flag = '--since'): string {
  const full = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  const at = parseInstant(full);
  if (at !== undefined && at > now) {
    throw new UsageError(`${flag} ${text} is in the future`, {
      op: 'read arguments',
      hint: 'nothing can be known of it yet',
    });
  }
  if (at !== undefined) return full;
  throw new UsageError(`${flag} ${text} is no instant`, {
    op: 'read arguments',
    hint: 'write it as 2026-03-19 or 2026-03-19T22:00:00Z',
  });
}
