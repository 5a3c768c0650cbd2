import { EtlError } from '../../../errors.ts';
import * as z from '../../../lib/zod.ts';
import { assessHealth, type Health } from '../../health.ts';
import { defineRoute } from '../../route.ts';
import type { ServeTools } from '../../tools.ts';

const part = z.strictObject({
  name: z.string(),
  state: z.enum(['ok', 'stale', 'failing', 'new', 'paused', 'gone', 'wrong', 'removed']),
  last_updated: z.string().nullable(),
});

const answer = z.strictObject({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  database: z.enum(['connected', 'unavailable']).optional(),
  version: z.string().optional(),
  feed: part.nullable().optional().meta({ description: 'The listings; null if there is no feed.' }),
  sources: z.array(part).optional().meta({ description: 'Sources of items.' }),
});

export const readHealth = defineRoute({
  id: 'readHealth',
  path: '/health',
  group: 'State',
  summary: 'Whether the data are fresh and the database answers',
  description:
    'degraded: the data are served, but older than ALERT_MAX_AGE, or a source fails. unhealthy (503): the database does not ' +
    'answer. Callers without a key see status only.',
  isOpen: true,
  parameters: {},
  answer,
  read: async ({ isTrusted }, tools) => {
    const health = await readOrFail(tools);
    return {
      status: health.status === 'unhealthy' ? 503 : 200,
      data: isTrusted ? { ...health, version: tools.version } : { status: health.status },
    };
  },
});

async function readOrFail(tools: ServeTools): Promise<Health> {
  try {
    return assessHealth(await tools.readStatus(), tools.maxAge);
  } catch (err) {
    if (!(err instanceof EtlError)) throw err;
    tools.log.warn({ err }, 'the database does not answer');
    return { status: 'unhealthy', database: 'unavailable' };
  }
}
