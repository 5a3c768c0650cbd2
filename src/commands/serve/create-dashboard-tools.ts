import { join } from 'node:path';
import type { Context } from '../../app/context.ts';
import type { OpenedServe } from '../../app/serve.ts';
import { readPrivate, writePrivate } from '../../host/private-file.ts';
import { createCache } from '../../lib/cache.ts';
import { MINUTE_MS } from '../../lib/time.ts';
import { listVerified } from '../shared/verified.ts';
import { hasItems } from '../../report/has-items.ts';
import type { RunLines } from '../../model/run-lines.ts';
import { describeSettings } from '../../report/describe-settings.ts';
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
  { database, readRunLines }: Pick<ServeTools, 'database'> & Pick<OpenedServe, 'readRunLines'>,
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
        const verified = listVerified(stateDir);
        const overview = await readOverview({ ...own, verified }, await readStatus());
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
    describeSettings: (source) => describeSettings(context, source),
    readRunLines: async (run, max) => cleanLines(await readRunLines(run, max), context.tools.clean),
    logDir: context.config.log.dir,
    mediaFolder: media.store === undefined || /^s3:/i.test(media.store) ? undefined : media.store,
  };
}

/** Secrets that were configured after a line was written are hidden too. */
function cleanLines(found: RunLines | undefined, clean: (text: string) => string): RunLines | undefined {
  if (found === undefined) return undefined;
  const lines = found.lines.map((line) => ({
    ...line,
    message: clean(line.message),
    rest: clean(line.rest),
  }));
  return { ...found, lines };
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
