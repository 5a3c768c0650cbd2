import type { StatedQuota, StatedWindow } from '../../../http/quota.ts';

type Headers = Readonly<Record<string, string>>;

/** Reads Trestle's quota headers, such as `Minute-Quota-Limit: 180.0`. Any of them can be missing. */
export function readQuotaHeaders(headers: Headers): StatedQuota {
  const minute = readWindow(headers, 'minute');
  const hour = readWindow(headers, 'hour');
  return { ...(minute === undefined ? {} : { minute }), ...(hour === undefined ? {} : { hour }) };
}

/** A reset time alone is not enough for a window. */
function readWindow(headers: Headers, name: 'minute' | 'hour'): StatedWindow | undefined {
  const limit = parseQuotaNumber(headers[`${name}-quota-limit`]);
  const left = parseQuotaNumber(headers[`${name}-quota-available`]);
  if (limit === undefined && left === undefined) return undefined;
  // Milliseconds since the epoch.
  const resetAt = parseQuotaNumber(headers[`${name}-quota-resettime`]);
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(left === undefined ? {} : { left }),
    ...(resetAt === undefined ? {} : { resetAt }),
  };
}

function parseQuotaNumber(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
