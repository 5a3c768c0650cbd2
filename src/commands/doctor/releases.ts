import type { ExaminedSource, Host, Parts } from '../../app/checkup.ts';
import { grantStatement, missingRights, type Right, RIGHTS } from '../../db/rights.ts';
import type { Connection } from '../../db/pool.ts';
import { formatDuration } from '../../lib/duration.ts';
import { formatSize } from '../../lib/size.ts';
import { fromSqlDateTime } from '../../lib/time.ts';
import { hasTables } from '../../record/tables.ts';
import { type Imports, readSettledImports } from '../../run/release/imports.ts';
import { type Check, fail, type Finding, ok, skipped, warn } from '../../sources/check.ts';
import type { Publication, ReleaseLoader } from '../../sources/release.ts';
import { withConnection } from './database.ts';

/** Rights that RENAME TABLE, new tables and views need. */
const RELEASE_RIGHTS: readonly Right[] = ['INSERT', 'CREATE', 'ALTER', 'DROP', 'CREATE VIEW'];

export type ReleaseCheckTools = {
  readonly parts: () => Parts;
  readonly host: Host;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

/**
 * Checks what an import of county files needs. One request for each archive, without its content.
 * @param release of the source, opened for a user who waits.
 */
export function listReleaseChecks(
  { id }: Pick<ExaminedSource, 'id'>,
  release: ReleaseLoader,
  { parts, host, now }: ReleaseCheckTools,
): readonly Check[] {
  let published: Publication | undefined;
  const check = (name: string, need: string, run: Check['run']): Check => ({
    name: `${id} ${name}`,
    needs: [need],
    run,
  });
  const query = (look: (own: Connection) => Promise<Finding>) => () => withConnection(parts().database, look);
  return [
    check('layout', 'configuration', async () => {
      const { tables } = await release.load();
      return ok(`${tables.length} tables: ${tables.map(({ name }) => name).join(', ')}`.slice(0, 200));
    }),
    check('publisher', `${id} layout`, async () => {
      const reader = await release.load();
      const look = { known: [], always: true, from: undefined, looksOnly: true };
      published = await reader.fetch(look, new AbortController().signal);
      return checkPublication(published);
    }),
    check('disk', `${id} publisher`, () => {
      const { stateDir, minFree } = parts().config;
      return checkDisk(published, host.folder(stateDir, 'state').free, minFree.disk);
    }),
    check(
      'rights',
      'database',
      query((own) => checkReleaseRights(own, parts().database.name)),
    ),
    check(
      'load method',
      'database',
      query(async (own) => {
        const [row] = await own.select<{ Value: string }>(
          "SHOW VARIABLES WHERE Variable_name = 'local_infile'",
        );
        return checkLoadMethod(row?.Value);
      }),
    ),
    check(
      'release',
      'tables',
      query(async (own) => {
        if (!(await hasTables(own))) return skipped('no tables yet');
        return checkRelease(id, await readSettledImports(own, id), now());
      }),
    ),
  ];
}

export function checkPublication(found: Publication): Finding {
  if (found.kind === 'absent') {
    return warn(
      `the publisher has no files of ${found.years.join(', ')}`,
      'nothing to do if they are not published yet; otherwise check year and url in sources.yaml',
    );
  }
  const { archives, years, absentYears } = found;
  const bytes = sumBytes(found);
  const what = `tax year ${years.join(', ')}: ${archives.length} archives${bytes === 0 ? '' : `, ${formatSize(bytes)}`}`;
  if (absentYears.length === 0) return ok(what);
  return warn(
    `${what}; not published: ${absentYears.join(', ')}`,
    'nothing to do: a sync loads it when it is published',
  );
}

function sumBytes({ archives }: Extract<Publication, { kind: 'present' }>): number {
  return archives.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
}

/** During an import the archives stay on disk, and nothing is unpacked. HCAD's text is 7 times as large as its archives. */
export function checkDisk(
  found: Publication | undefined,
  free: number | undefined,
  minFree: number,
): Finding {
  if (found?.kind !== 'present') return skipped('nothing is published');
  if (free === undefined) return ok('the free space of STATE_DIR is not known');
  const bytes = sumBytes(found);
  const what = `${formatSize(free)} free in STATE_DIR for ${formatSize(bytes)} of archives`;
  if (free - minFree < bytes) return fail(what, 'free disk space, or move STATE_DIR to a larger disk');
  return ok(`${what}; the tables take about 10 times as much on the database's disk, twice during an import`);
}

async function checkReleaseRights(own: Connection, database: string): Promise<Finding> {
  const missing = await missingRights(own, RELEASE_RIGHTS);
  if (missing.length === 0) return ok(RELEASE_RIGHTS.join(', '));
  const [row] = await own.select<{ user: string }>('SELECT CURRENT_USER() AS user');
  return fail(
    `the user lacks ${missing.join(', ')} on ${database}: a release is published by RENAME TABLE`,
    `as the database's administrator: ${grantStatement(database, row?.user ?? '', [...RIGHTS, 'DROP'])}`,
  );
}

/** @param localInfile the server's variable; undefined if it has none. */
export function checkLoadMethod(localInfile: string | undefined): Finding {
  if (/^(?:on|1)$/i.test(localInfile ?? '')) return ok('LOAD DATA LOCAL, the fastest');
  return warn(
    'INSERT, because local_infile is off on the server: an import takes longer, with the same result',
    "as the server's administrator: SET GLOBAL local_infile = ON",
  );
}

export function checkRelease(id: string, { all, published }: Imports, now: number): Finding {
  const newest = all.find((each) => each.id > (published?.id ?? 0));
  if (newest?.state === 'refused') {
    return warn(
      `import ${newest.id} was refused: ${newest.message ?? 'its checks failed'}`,
      `trestle-etl releases ${id} shows its checks; trestle-etl full-load ${id} --force publishes it`,
    );
  }
  if (published === undefined) return warn('no release is published yet', `trestle-etl sync ${id}`);
  const { id: number, archives, publishedAt, startedAt } = published;
  const age = formatDuration(Math.max(0, now - fromSqlDateTime(publishedAt ?? startedAt)));
  const years = [...new Set(archives.map(({ year }) => year))].join(', ');
  return ok(`release ${number} of tax year ${years}, published ${age} ago`);
}
