import type { Quota } from './quota.ts';

/** What an API last reported of its quota, for people. */
export type QuotaLeft = {
  readonly minute: { readonly limit: number | undefined; readonly left: number | undefined };
  readonly hour: {
    readonly limit: number | undefined;
    readonly left: number | undefined;
    readonly resetAt: number | undefined;
  };
};

/** A quota for people; undefined if nothing was stated. */
export function toQuotaLeft({ minute, hour }: Quota): QuotaLeft | undefined {
  if (minute === undefined && hour === undefined) return undefined;
  return {
    minute: { limit: minute?.limit, left: minute?.left },
    hour: { limit: hour?.limit, left: hour?.left, resetAt: hour?.resetAt },
  };
}
