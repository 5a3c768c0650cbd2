import type { ServeSettings } from '../model/serve-settings.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);

/** Whether programs of other machines can connect without a key. */
export function isExposed({ host, keys }: Pick<ServeSettings, 'host' | 'keys'>): boolean {
  return !LOOPBACK.has(host) && keys.length === 0;
}
