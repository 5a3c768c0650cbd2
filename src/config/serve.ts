import type { ServeSettings } from '../model/serve-settings.ts';
import type { CommonValues } from './variables.ts';

export function buildServeSettings(env: CommonValues): ServeSettings {
  return {
    host: env.SERVE_HOST,
    port: env.SERVE_PORT,
    keys: env.SERVE_KEYS ?? [],
    names: env.SERVE_NAMES ?? [],
    origins: env.SERVE_ORIGINS ?? [],
    trustedProxies: env.SERVE_TRUST_PROXY ?? [],
    rateLimit: env.SERVE_RATE_LIMIT,
    hasListings: env.SERVE_LISTINGS === 'on',
    listingColumns: env.SERVE_LISTING_COLUMNS ?? [],
    disclaimer: env.SERVE_DISCLAIMER,
  };
}
