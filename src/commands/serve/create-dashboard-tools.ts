import { join } from 'node:path';
import type { Context } from '../../app/context.ts';
import { readPrivate, writePrivate } from '../../host/private-file.ts';
import { createCache } from '../../lib/cache.ts';
import { MINUTE_MS } from '../../lib/time.ts';
import { hasItems } from '../../report/has-items.ts';
import type { Overview } from '../../report/overview.ts';
import { readItemReport } from '../../report/read-item-report.ts';
import { readOverview } from '../../report/read-overview.ts';
import { readRecordReport } from '../../report/read-record-report.ts';
import type { DashboardTools } from '../../serve/dashboard/tools.ts';
import type { ServeTools } from '../../serve/tools.ts';

const OVERVIEW_AGE_MS = 5000;

/** The file of STATE_DIR with what was shown last. */
const MEMORY_FILE = 'dashboard.json';

/** Changes with the shape of an overview: a file of another version is not read. */
const MEMORY_VERSION = 1;

export function createDashboardTools(
  context: Context,
  { database }: Pick<ServeTools, 'database'>,
  readStatus: ServeTools['readStatus'],
): DashboardTools {
  const { clock } = context.tools;
  const { media, stateDir } = context.config;
  const own = { ...context, database };
  const cache = createCache<Overview>(clock.now, OVERVIEW_AGE_MS, 1);
  const memory = createMemory(join(stateDir, MEMORY_FILE), clock.now);
  return {
    readOverview: () =>
      cache.get('', async () => {
        const overview = await readOverview(own, await readStatus());
        memory.keep(overview);
        return overview;
      }),
    lastOverview: memory.recall,
    resources: context.resources.map(({ name }) => name),
    itemSources: context.sources.map(({ id }) => id).filter((id) => hasItems(context, id)),
    readRecord: (resource, key) =>
      readRecordReport(
        own,
        context.resources.find(({ name }) => name === resource)!,
        key,
      ),
    readItem: (source, id) => readItemReport(own, source, id),
    mediaFolder: media.store === undefined || /^s3:/i.test(media.store) ? undefined : media.store,
  };
}

type Memory = { keep(overview: Overview): void; recall(): Overview | undefined };

/** Keeps the last overview, once a minute in a file too: after a restart without a database it is still known. */
function createMemory(path: string, now: () => number): Memory {
  let last: Overview | undefined;
  let writtenAt = -Infinity;
  return {
    keep: (overview) => {
      last = overview;
      if (now() - writtenAt < MINUTE_MS) return;
      writtenAt = now();
      try {
        writePrivate(path, { version: MEMORY_VERSION, overview });
      } catch {
        // A user who cannot write it has it until the process ends.
      }
    },
    recall: () => (last ??= readMemory(path)),
  };
}

function readMemory(path: string): Overview | undefined {
  const stored = readPrivate(path);
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { version, overview } = stored as { version?: unknown; overview?: Overview };
  return version === MEMORY_VERSION ? overview : undefined;
}
