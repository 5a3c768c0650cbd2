import type { Quota } from '../../http/quota.ts';
import type { QuotaLeft } from '../source.ts';

/** A quota for people; undefined if nothing was stated. */
export function toQuotaLeft({ minute, hour }: Quota): QuotaLeft | undefined {
  if (minute === undefined && hour === undefined) return undefined;
  return {
    minute: { limit: minute?.limit, left: minute?.left },
    hour: { limit: hour?.limit, left: hour?.left, resetAt: hour?.resetAt },
  };
}
