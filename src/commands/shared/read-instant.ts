import { UsageError } from '../../errors.ts';
import { parseInstant } from '../../lib/time.ts';

/** The instant that `--since` or another flag names; a day begins at midnight UTC. @throws UsageError */
export function readInstant(text: string, now: number, flag = '--since'): string {
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
