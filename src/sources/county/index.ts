import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError, UsageError } from '../../errors.ts';
import { DAY_MS } from '../../lib/time.ts';
import type { SourceDefinition, SourceTools } from '../definition.ts';
import type { SourceKind } from '../kind.ts';
import type { Source } from '../source.ts';
import { LAYOUT_NAMES } from './layouts/names.ts';
import type { openCountyReader } from './open-reader.ts';
import { type CountyEntry, countyEntry } from './settings.ts';

/** Appraisal districts publish files once a week at most. */
const EVERY_MS = 7 * DAY_MS;

/** The files of an appraisal district: archives that are read whole and published at once. */
export const county: SourceKind<CountyEntry> = {
  type: 'county',
  entry: () => countyEntry,
  every: EVERY_MS,
  define: (id, entry, { folder }) => defineCounty(id, entry, findLayoutFile(entry.layout, folder)),
};

function defineCounty(id: string, entry: CountyEntry, layoutFile: string | undefined): SourceDefinition {
  return {
    id,
    catalogue: [],
    datasets: () => [],
    open: (_, tools) => openCounty(id, entry, layoutFile, tools),
  };
}

function openCounty(
  id: string,
  entry: CountyEntry,
  layoutFile: string | undefined,
  tools: SourceTools,
): Source {
  const folder = join(tools.stateDir, 'sources', id);
  let opened: ReturnType<typeof openCountyReader> | undefined;
  return {
    id,
    now: () => tools.clock.now(),
    requests: () => opened?.requests() ?? 0,
    read: () => {
      throw new UsageError(`${id} has no records of their own: it is read whole`, {
        op: 'read',
        hint: `trestle-etl sync ${id}`,
      });
    },
    release: {
      load: async () => {
        const { openCountyReader: open } = await import('./open-reader.ts');
        opened ??= open({ id, entry, layoutFile, folder, tools });
        return opened;
      },
    },
  };
}

/** @returns undefined for a built-in layout. @throws ConfigError if there is no such layout. */
function findLayoutFile(name: string, folder: string): string | undefined {
  if (LAYOUT_NAMES.includes(name)) return undefined;
  const path = resolve(folder, name);
  if (existsSync(path)) return path;
  throw new ConfigError(
    `has the layout "${name}", which is neither one of ${LAYOUT_NAMES.join(', ')} nor a file`,
    { op: 'read sources', hint: 'docs/county-files.md has an example of a layout file' },
  );
}
