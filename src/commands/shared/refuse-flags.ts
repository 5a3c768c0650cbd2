import { UsageError } from '../../errors.ts';
import type { LoadFlags } from './load-flags.ts';

const NAMES = {
  resources: '--resources',
  since: '--since',
  maxPages: '--max-pages',
  activeFirst: '--active-first',
  from: '--from',
} as const;

/**
 * Refuses flags that other kinds of source have.
 * @param reason why the source does not take them: `is not for hcad, which is read whole`.
 * @throws UsageError for the first one that is set.
 */
export function refuseFlags(
  flags: LoadFlags,
  refused: readonly (keyof typeof NAMES)[],
  { reason, hint }: { readonly reason: string; readonly hint: string },
): void {
  const wrong = refused.find((name) => flags[name] !== undefined);
  if (wrong === undefined) return;
  throw new UsageError(`${NAMES[wrong]} ${reason}`, { op: 'read arguments', hint });
}
