import { formatSize } from '../../lib/size.ts';
import { formatTable } from '../../lib/table.ts';

/** What an import would fetch and load. */
export type PlannedRelease = {
  readonly source: string;
  readonly mode: 'sync' | 'full-load';
  readonly at: string;
  /** Requests that this plan itself took. */
  readonly asked: number;
  /** The id of the published import; null: none is. */
  readonly published: number | null;
  readonly archives: readonly {
    readonly name: string;
    readonly year: number;
    readonly url: string;
    /** Null: the server does not report it. */
    readonly bytes: number | null;
    readonly lastModified: string | null;
    readonly isChanged: boolean;
  }[];
  readonly absentYears: readonly number[];
  /** Years that are loaded from files, and years that are copied from the published table; neither: the table stays. */
  readonly tables: readonly {
    readonly table: string;
    readonly loads: readonly number[];
    readonly copies: readonly number[];
  }[];
  /** Bytes to download, of the archives whose size the server reports. */
  readonly bytes: number;
  /** Requests that the import would send, without retries. */
  readonly requests: number;
};

/** Formats the plan for people. */
export function formatReleasePlan(plan: PlannedRelease): string {
  const { source, mode, asked, archives, absentYears, tables, bytes, requests } = plan;
  const head = `${mode} ${source}, in the current state (found with ${asked} ${asked === 1 ? 'request' : 'requests'}):`;
  const absent =
    absentYears.length === 0 ? [] : [`${absentYears.join(', ')} is not published yet: it is left out`];
  if (archives.length === 0) return [head, ...absent, 'nothing to do'].join('\n');
  const rows = archives.map(({ name, year, bytes: size, lastModified, isChanged }) => [
    `${year}/${name}`,
    isChanged ? 'download' : 'unchanged',
    size === null ? 'unknown' : formatSize(size),
    lastModified ?? '',
  ]);
  const loaded = tables.filter(({ loads, copies }) => loads.length + copies.length > 0);
  const staying = tables.length - loaded.length;
  return [
    head,
    ...formatTable([['archive', '', 'size', 'last modified'], ...rows], new Set([2])),
    ...absent,
    `download: ${formatSize(bytes)}, ${requests} ${requests === 1 ? 'request' : 'requests'}`,
    loaded.length === 0
      ? 'tables: nothing to load'
      : `tables: ${loaded.map(describeTable).join(', ')}${staying === 0 ? '' : `; ${staying} stay as they are`}`,
  ].join('\n');
}

function describeTable({ table, loads, copies }: PlannedRelease['tables'][number]): string {
  const parts = [
    ...(loads.length === 0 ? [] : [`${loads.join(' and ')} loaded`]),
    ...(copies.length === 0 ? [] : [`${copies.join(' and ')} copied`]),
  ];
  return `${table} (${parts.join(', ')})`;
}
