import { UsageError } from '../../errors.ts';
import { parseInstant } from '../../lib/time.ts';

/** Reads the instant of `--since` or another flag; a day starts at midnight UTC. @throws UsageError */
export function readInstant(text: string, now: number, flag = '--since'): string {
  const full = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  const at = parseInstant(full);
  if (at !== undefined && at > now) {
    throw new UsageError(`${flag} ${text} is in the future`, {
      op: 'read arguments',
      hint: 'name a time in the past',
    });
  }
  if (at !== undefined) return full;
  throw new UsageError(`${flag} ${text} is not a time`, {
    op: 'read arguments',
    hint: 'write it as 2026-03-19 or 2026-03-19T22:00:00Z',
  });
}
