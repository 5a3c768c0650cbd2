import { createHash } from 'node:crypto';

/** A hash of settings: it differs if one of them does. */
export function hashShape(...settings: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify(settings.map((value) => value ?? null)))
    .digest('hex');
}
