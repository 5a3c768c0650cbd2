import type { Context } from '../../app/context.ts';
import { queryWithTimeout } from '../../report/query-with-timeout.ts';
import { countForAlerts } from '../../report/read-media-files.ts';
import { classifyEnd, describeError, type Ending, type RunResult } from './with-reporting.ts';

const QUERY_TIMEOUT_MS = 2000;

/**
 * Reports the download at the end of a sync: an alert, and a failed heartbeat if it failed. A download that succeeds pings
 * nothing, because it does not show that the sync succeeded. Never throws.
 */
export async function reportMedia(
  context: Context,
  run: number | undefined,
  ended: Ending<Pick<RunResult, 'status'>>,
): Promise<void> {
  const { alerts, heartbeat, tools } = context;
  const ending = classifyEnd(ended);
  if (ending === undefined || ending === 'interrupted') return;
  try {
    if (ending === 'failed') await heartbeat.end('fail');
    if (!alerts.isEnabled) return;
    const mediaFiles = await queryWithTimeout(context.database, tools.clock, QUERY_TIMEOUT_MS, (own) =>
      countForAlerts(own, context),
    ).catch(() => undefined);
    await alerts.notify({ ...UNKNOWN, run, ended: ending, error: errorOf(ended), mediaFiles });
  } catch (err) {
    tools.log.main.error({ err }, 'the download of media files could not be reported');
  }
}

function errorOf(ended: Ending<unknown>): ReturnType<typeof describeError> | undefined {
  return 'error' in ended ? describeError(ended.error) : undefined;
}

/** What a download does not know of: alerts about it stay as they are. */
const UNKNOWN = {
  mode: 'media',
  processed: 0,
  rejected: 0,
  altered: 0,
  lost: undefined,
  hourQuota: undefined,
  disks: [],
  age: undefined,
  schema: undefined,
} as const;
