import type { Context } from '../../app/context.ts';
import { formatTable } from '../../lib/table.ts';
import type { RunTools } from '../../run/active-run.ts';
import { type ReconcileOutcome, reconcileAll } from '../../run/repair/reconcile-all.ts';
import { withRunRetries } from '../../run/run-retries.ts';
import { selectResourcesWithKeys } from '../shared/select-resources-with-keys.ts';
import { selectResources } from '../shared/select-resources.ts';
import { withReporting } from '../shared/with-reporting.ts';
import type { ReconcileFlags } from './index.ts';
import { requireFeed } from '../shared/require-feed.ts';

/**
 * Compares all stored keys with all keys in the feed, and repairs the differences. The feed never signals deletions.
 * @throws ImplausibleDataError if the feed's data are implausible, or too much would be deleted.
 */
export async function reconcileFeed(
  context: Context,
  flags: ReconcileFlags,
  print: (text: string) => void,
): Promise<void> {
  requireFeed(context, 'reconcile');
  const { config, resources: all } = context;
  const dryRun = flags.dryRun ?? false;
  const options = {
    resources:
      flags.resources === undefined
        ? selectResourcesWithKeys(context)
        : selectResources(all, flags.resources),
    all,
    dryRun,
    isHard: flags.hard ?? false,
    isForced: flags.force ?? false,
    maxDeletePercent: flags.maxDeletePercent ?? config.maxDeletePercent,
  };
  const work = async (own: RunTools): Promise<ReconcileOutcome> => {
    const done = await withRunRetries(own, config.runRetries, (tools) => reconcileAll(tools, options));
    own.progress.end();
    print(describe(done, dryRun, own.source.requests()));
    return done;
  };
  await (dryRun ? work(context.tools) : withReporting(context, 'reconcile', work));
}

function describe({ found, skipped, unloaded }: ReconcileOutcome, dryRun: boolean, calls: number): string {
  const head = [
    'resource',
    'in the feed',
    'stored',
    'missing or stale',
    'not in the feed',
    dryRun ? 'to delete' : 'deleted',
  ];
  const rows = found.map(([name, { upstream, here, fetched, candidates, deleted }]) => [
    name,
    ...[upstream, here, fetched, candidates, deleted].map((number) => number.toLocaleString('en')),
  ]);
  return [
    ...(dryRun ? ['dry run: nothing was fetched or deleted'] : []),
    ...formatTable([head, ...rows], new Set([1, 2, 3, 4, 5])),
    ...[...skipped].map(([name, reason]) => `${name}: skipped, ${reason}`),
    ...unloaded.map((name) => `${name}: not compared, its first load is not complete`),
    `${calls} calls`,
  ].join('\n');
}
