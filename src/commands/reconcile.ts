import type { Context } from '../context.ts';
import { ConfigError } from '../errors.ts';
import { table } from '../lib/table.ts';
import { childrenOf } from '../load/remove.ts';
import type { Resource } from '../model.ts';
import { type Findings, reconcile } from '../run/reconcile.ts';
import { withRun } from '../run/lifecycle.ts';
import { pick } from './pick.ts';

export type ReconcileFlags = {
  readonly resources?: readonly string[];
  readonly dryRun?: boolean;
  readonly hard?: boolean;
  readonly force?: boolean;
  readonly maxDeletePercent?: number;
};

/**
 * Compares all keys here with all keys in the feed, and mends what differs: deletions are never signalled by the feed.
 * @throws FailedError where the feed's answer can't be believed, or too much would go.
 */
export async function reconcileCommand(
  context: Context,
  flags: ReconcileFlags,
  say: (text: string) => void,
): Promise<void> {
  const dryRun = flags.dryRun ?? false;
  const independent = context.resources.filter((resource) => resource.parent === undefined);
  const resources = flags.resources === undefined ? independent : pick(context.resources, flags.resources);
  const found: [string, Findings][] = [];
  await withRun(context.tools, { mode: 'reconcile', resources, dryRun }, async (active) => {
    if (!active.hasTables) {
      throw new ConfigError('there is nothing to reconcile yet', {
        op: 'reconcile',
        hint: 'trestle-etl full-load comes first',
      });
    }
    refuseFiltered(resources, context.config.filters);
    for (const resource of resources) {
      const children = childrenOf(resource, context.resources);
      const findings = await reconcile(active, resource, children, {
        isHard: flags.hard ?? false,
        isForced: flags.force ?? false,
        maxDeletePercent: flags.maxDeletePercent ?? context.config.maxDeletePercent,
      });
      found.push([resource.name, findings]);
    }
    return Object.values(active.tally).some((detail) => detail.rejected > 0) ? 'partial' : 'success';
  });
  context.tools.progress.end();
  say(describe(found, dryRun, context.tools.source.calls()));
}

/** All media of the feed are not those of the listings that a filter lets in. */
function refuseFiltered(
  resources: readonly Resource[],
  filters: Readonly<Record<string, string | undefined>>,
): void {
  const wrong = resources.find(
    ({ parent }) => parent !== undefined && filters[parent.resource] !== undefined,
  );
  if (wrong === undefined) return;
  throw new ConfigError(`${wrong.name} can't be reconciled while ${wrong.parent?.resource} is filtered`, {
    op: 'reconcile',
    hint: 'leave it out of --resources: its sets follow their listings with every sync',
  });
}

function describe(found: readonly [string, Findings][], dryRun: boolean, calls: number): string {
  const head = [
    'resource',
    'in the feed',
    'here',
    'missing or older',
    'gone',
    dryRun ? 'to delete' : 'deleted',
  ];
  const rows = found.map(([name, { upstream, here, fetched, candidates, deleted }]) => [
    name,
    ...[upstream, here, fetched, candidates, deleted].map((number) => number.toLocaleString('en')),
  ]);
  return [
    ...(dryRun ? ['dry run: nothing was fetched or deleted'] : []),
    ...table([head, ...rows], new Set([1, 2, 3, 4, 5])),
    `${calls} calls`,
  ].join('\n');
}
