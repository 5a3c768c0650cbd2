import type { Context } from '../../app/context.ts';
import { ConfigError, FatalError, UsageError } from '../../errors.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatTable } from '../../lib/table.ts';
import { hasTables } from '../../record/tables.ts';
import { readSettledImports } from '../../run/release/imports.ts';
import { planImport } from '../../run/release/plan-import.ts';
import { type VerifiedTable, verifyRelease } from '../../run/release/verify-release.ts';
import { requireCapability } from '../../sources/source.ts';
import type { VerifyFlags } from './index.ts';

/**
 * Compares the rows of the published tables with those that were loaded, and asks the publisher whether the release is still
 * current: one request for each archive.
 * @throws FatalError if rows are missing or extra: exit code 1, for scripts.
 */
export async function verifySource(
  { database }: Context,
  { source, signal }: Context['tools'],
  flags: VerifyFlags,
  print: (text: string) => void,
): Promise<void> {
  const { id } = source;
  refuseFeedFlags(id, flags);
  const imports = (await hasTables(database)) ? await readSettledImports(database, id) : undefined;
  // Also with the tables that a user dropped.
  const published = imports?.all.find(({ state }) => state === 'published');
  if (published === undefined) {
    throw new ConfigError(`${id}: no release is published yet`, {
      op: 'verify',
      hint: `trestle-etl sync ${id}`,
    });
  }
  const reader = await requireCapability(source, 'release', 'verify').load();
  const tables = await verifyRelease(database, published);
  const asked = await planImport(reader, { published: imports?.published, always: false }, signal);
  const changed =
    asked.kind === 'absent' ? [] : asked.found.archives.filter(({ isChanged }) => isChanged).map(nameOf);
  const report = { source: id, release: published.id, requests: source.requests(), tables, changed };
  print(flags.json === true ? JSON.stringify(report, null, 2) : formatText(report));
  const wrong = tables.filter(isWrong).map(({ table }) => table);
  if (wrong.length === 0) return;
  throw new FatalError(`${id}: not as loaded: ${wrong.join(', ')}`, {
    op: 'verify',
    hint: `trestle-etl full-load ${id} loads the release again`,
  });
}

type Report = {
  readonly source: string;
  readonly release: number;
  readonly requests: number;
  readonly tables: readonly VerifiedTable[];
  /** Archives that the publisher changed since. */
  readonly changed: readonly string[];
};

function nameOf({ name, year }: { readonly name: string; readonly year: number }): string {
  return `${year}/${name}`;
}

function isWrong({ recorded, stored, incomplete }: VerifiedTable): boolean {
  return stored === null || (recorded !== null && recorded !== stored) || incomplete.length > 0;
}

function formatText({ source, release, requests, tables, changed }: Report): string {
  const rows = tables.map((table) => [
    table.table,
    table.recorded === null ? 'built' : formatInteger(table.recorded),
    table.stored === null ? 'gone' : formatInteger(table.stored),
    isWrong(table) ? ['DIFFERS', ...table.incomplete].join(' ') : '',
  ]);
  return [
    `${source}: release ${release}`,
    ...formatTable([['table', 'loaded', 'stored', ''], ...rows], new Set([1, 2])),
    changed.length === 0
      ? 'the publisher has this release'
      : `the publisher has a newer release: ${changed.join(', ')} (trestle-etl sync ${source})`,
    `${requests} requests`,
  ].join('\n');
}

/** @throws UsageError for a flag that only a feed has. */
function refuseFeedFlags(id: string, flags: VerifyFlags): void {
  const names = { resources: '--resources', since: '--since', stored: '--stored', repair: '--repair' };
  const wrong = Object.entries(names).find(([name]) => flags[name as keyof VerifyFlags] !== undefined);
  if (wrong === undefined) return;
  throw new UsageError(`${wrong[1]} is not for ${id}, which is read whole`, {
    op: 'read arguments',
    hint: `trestle-etl verify ${id}`,
  });
}
