import type { Context } from '../../app/context.ts';
import { FatalError } from '../../errors.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { withRun } from '../../run/lifecycle.ts';
import { repairStored } from '../../run/repair/repair.ts';
import { type StoredCounts, type StoredFinding, verifyStored } from '../../run/repair/stored.ts';
import { formatFindingAsJson, formatFinding, formatStored } from './format-stored.ts';

export type StoredFlags = { readonly repair?: boolean; readonly json?: boolean };

/** Findings of each resource that are printed for people; --json prints all. */
const MAX_NAMED = 100;

/**
 * Compares every stored row with its stored payload, without a request; with --repair, rewrites those that differ.
 * @throws FatalError if rows differ and were not rewritten, or a payload cannot be read: exit code 1, for scripts.
 */
export async function verifyStoredPayloads(
  context: Context,
  resources: readonly Dataset[],
  flags: StoredFlags,
  print: (text: string) => void,
): Promise<void> {
  const found = new Map<string, StoredCounts>();
  const report = createReporter(flags.json === true, print);
  if (flags.json === true) print('{"findings":[');
  if (flags.repair === true) {
    await withRun(context.tools, { mode: 'repair', resources, dryRun: false }, async (active) => {
      for (const resource of resources) {
        found.set(resource.name, await repairStored(active, resource, report));
      }
      return findFailure(found) === undefined ? 'success' : 'partial';
    });
  } else {
    for (const resource of resources) {
      found.set(resource.name, await verifyStored(context.tools, resource, report));
    }
  }
  context.tools.progress.end();
  if (flags.json === true) print(`],"resources":${JSON.stringify(Object.fromEntries(found))}}`);
  else print(formatStored(found, MAX_NAMED));
  const failure = findFailure(found);
  if (failure !== undefined) throw failure;
}

/** Creates a function that prints each finding immediately: there may be as many as there are rows. */
function createReporter(isJson: boolean, print: (text: string) => void): (finding: StoredFinding) => void {
  const named = new Map<string, number>();
  let isFirst = true;
  return (finding) => {
    if (isJson) {
      print(`${isFirst ? '' : ','}${formatFindingAsJson(finding)}`);
      isFirst = false;
      return;
    }
    const count = (named.get(finding.resource) ?? 0) + 1;
    named.set(finding.resource, count);
    if (count <= MAX_NAMED) print(formatFinding(finding));
  };
}

function findFailure(found: ReadonlyMap<string, StoredCounts>): FatalError | undefined {
  const all = [...found];
  const different = all.filter(([, counts]) => counts.different > counts.repaired);
  if (different.length > 0) {
    const names = different.map(([name, counts]) => `${name} (${counts.different - counts.repaired})`);
    const columns = different.flatMap(([, { unchangeable }]) => unchangeable);
    if (columns.length > 0) {
      return new FatalError(
        `stored rows still differ from their payloads after the repair: ${names.join(', ')}, in ${columns.join(', ')}`,
        {
          op: 'verify stored',
          hint: 'trestle-etl doctor lists altered columns; if there are none, check for triggers and constraints that were added',
        },
      );
    }
    return new FatalError(`stored rows differ from their payloads: ${names.join(', ')}`, {
      op: 'verify stored',
      hint: 'trestle-etl verify --stored --repair rewrites them',
    });
  }
  const unreadable = all.filter(([, counts]) => counts.unreadable > 0);
  if (unreadable.length === 0) return undefined;
  const names = unreadable.map(([name, counts]) => `${name} (${counts.unreadable})`);
  const since = unreadable.map(([, counts]) => counts.unreadableSince ?? '').sort()[0]!;
  return new FatalError(`stored payloads cannot be read: ${names.join(', ')}`, {
    op: 'verify stored',
    hint: `trestle-etl verify --stored --repair marks these rows, then trestle-etl sync --since ${since.slice(0, 10)} fetches them`,
  });
}
