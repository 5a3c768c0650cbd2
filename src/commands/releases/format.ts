import { formatInteger } from '../../lib/number.ts';
import { formatTable } from '../../lib/table.ts';
import type { FileProgress, Import } from '../../record/import.ts';
import type { ImportCheck, TableChange } from '../../record/import-quality.ts';

export type ReleaseReport = Import & {
  readonly files: readonly FileProgress[];
  readonly changes: readonly TableChange[];
  readonly checks: readonly ImportCheck[];
};

/** Formats releases for people, newest first. */
export function formatReleases(reports: readonly ReleaseReport[]): string {
  if (reports.length === 0) return 'no release has been imported yet: trestle-etl sync SOURCE';
  return reports.map(formatRelease).join('\n\n');
}

function formatRelease(report: ReleaseReport): string {
  const { id, source, state, startedAt, publishedAt, archives } = report;
  const years = [...new Set(archives.map(({ year }) => year))].join(', ');
  const when =
    publishedAt === null ? `started ${startedAt.slice(0, 16)}` : `published ${publishedAt.slice(0, 16)}`;
  // The date of the published release says what its state would.
  const isNow = state === 'published' && publishedAt !== null;
  return [
    `${source}: release ${id}, ${isNow ? '' : `${state}, `}${when} UTC, tax year ${years}`,
    ...archives.map(
      ({ name, year, lastModified, etag }) =>
        `  ${year}/${name}: ${lastModified ?? etag ?? 'from a local file'}`,
    ),
    ...formatFiles(report),
    ...formatChecks(report.checks),
  ].join('\n');
}

function formatFiles({ files, changes }: ReleaseReport): string[] {
  if (files.length === 0) return [];
  const head = [
    'table',
    'year',
    'file',
    'lines',
    'rows',
    'rejects',
    'skipped',
    'duplicates',
    'new',
    'changed',
    'gone',
  ];
  const rows = files.map((file) => {
    const found = changes.find(({ table }) => table === file.table)?.changes;
    return [
      file.table,
      String(file.year),
      file.isComplete ? file.member : `${file.member} (in progress)`,
      ...[file.lines, file.rows, file.rejects, file.skipped, file.duplicates].map(formatInteger),
      ...[found?.added, found?.changed, found?.gone].map((count) =>
        count === undefined ? '' : formatInteger(count),
      ),
    ];
  });
  return formatTable([head, ...rows], new Set([1, 3, 4, 5, 6, 7, 8, 9, 10])).map((line) => `  ${line}`);
}

/** The checks that failed, then what is worth knowing: values that did not fit and columns that were widened. */
function formatChecks(checks: readonly ImportCheck[]): string[] {
  const failed = checks.filter(({ isFailed }) => isFailed);
  const notes = checks.filter(({ rule }) => rule.startsWith('convertible ') || rule.startsWith('width '));
  return [
    ...failed.map(
      ({ table, rule, found, allowed, detail }) =>
        `  FAILED ${table}: ${rule} is ${found}, allowed ${allowed ?? 'none'}${detail === undefined ? '' : ` (${detail})`}`,
    ),
    ...notes.map(({ table, rule, found, detail }) => {
      const [kind = '', column = ''] = rule.split(' ');
      return kind === 'width'
        ? `  ${table}.${column}: widened for a value of ${found} characters`
        : `  ${table}.${column}: ${formatInteger(found)} values could not be converted and are NULL (${detail ?? ''})`;
    }),
    ...(failed.length === 0 ? [`  ${checks.length} checks, none failed`] : []),
  ];
}
