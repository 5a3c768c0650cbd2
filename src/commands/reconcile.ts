import type { Context } from '../app/context.ts';
import { ConfigError, DoubtfulError } from '../errors.ts';
import { table } from '../lib/table.ts';
import { childrenOf } from '../load/remove.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { type Findings, isLoaded, reconcile } from '../run/repair/reconcile.ts';
import { eachLicensed } from '../run/licensed.ts';
import { withRun } from '../run/lifecycle.ts';
import type { RunTools } from '../run/active.ts';
import { retried } from '../run/retried.ts';
import { isWhole, lostResources, toRunState } from '../run/tally.ts';
import { pick, withKeysOfTheirOwn } from './pick.ts';
import { type Done, watched } from './watched.ts';
import { parentLink } from '../dataset/reading.ts';

export type ReconcileFlags = {
  readonly resources?: readonly string[];
  readonly dryRun?: boolean;
  readonly hard?: boolean;
  readonly force?: boolean;
  readonly maxDeletePercent?: number;
};

/**
 * Compares all stored keys with all keys in the feed, and repairs what differs: deletions are never signalled by the feed.
 * @throws FailedError where the feed's answer can't be believed, or too much would go.
 */
export async function reconcileCommand(
  context: Context,
  flags: ReconcileFlags,
  say: (text: string) => void,
): Promise<void> {
  const resources =
    flags.resources === undefined ? withKeysOfTheirOwn(context) : pick(context.resources, flags.resources);
  const isDry = flags.dryRun ?? false;
  const work = async (own: RunTools): Promise<Reconciled> => {
    const done = await retried(own, context.config.runRetries, (tools) =>
      reconcileAll({ ...context, tools }, resources, flags),
    );
    own.progress.end();
    say(describe(done, isDry, own.source.requests()));
    return done;
  };
  await (isDry ? work(context.tools) : watched(context, 'reconcile', work));
}

type Reconciled = Done & {
  readonly found: readonly [string, Findings][];
  /** Resource → why it was not compared. */
  readonly skipped: ReadonlyMap<string, string>;
  /** Resources whose first load is not through. */
  readonly unloaded: readonly string[];
};

async function reconcileAll(
  { config, resources: all, tools }: Context,
  resources: readonly Dataset[],
  flags: ReconcileFlags,
): Promise<Reconciled> {
  const found: [string, Findings][] = [];
  const unloaded: string[] = [];
  const options = { mode: 'reconcile', resources, dryRun: flags.dryRun ?? false } as const;
  const { status, tally } = await withRun(tools, options, async (active) => {
    if (!active.hasTables) throw tooEarly('reconcile');
    refuseFiltered(resources, config.filters);
    const doubts: DoubtfulError[] = [];
    await eachLicensed(active, resources, async (resource) => {
      if (!(await isLoaded(active, resource))) {
        unloaded.push(resource.name);
        return;
      }
      const findings = reconcile(active, resource, childrenOf(resource, all), {
        isHard: flags.hard ?? false,
        isForced: flags.force ?? false,
        maxDeletePercent: flags.maxDeletePercent ?? config.maxDeletePercent,
      });
      await findings.then(
        (own) => found.push([resource.name, own]),
        (error: unknown) => {
          if (!(error instanceof DoubtfulError)) throw error;
          tools.log.main.error(
            { resource: resource.name, err: error },
            'not reconciled; going on with the others',
          );
          doubts.push(error);
        },
      );
    });
    refuseDoubtful(doubts);
    if (found.length === 0 && unloaded.length > 0) throw tooEarly('reconcile');
    if (unloaded.length > 0)
      tools.log.main.warn({ unloaded }, 'not compared, as their first load is not through');
    return isWhole(active.tally) ? 'success' : 'partial';
  });
  const skipped = Object.entries(tally).flatMap(([name, detail]) =>
    detail.skipped === undefined ? [] : [[name, detail.skipped] as const],
  );
  return {
    found,
    unloaded,
    skipped: new Map(skipped),
    status,
    lost: lostResources(tally),
    totals: toRunState(tally, tools.source.requests()).totals,
  };
}

/** Before anything is loaded. */
export function tooEarly(op: string): ConfigError {
  return new ConfigError('there is nothing to reconcile yet', {
    op,
    hint: 'trestle-etl full-load comes first',
  });
}

/** @throws DoubtfulError where a resource was left as it was; the others are done. */
function refuseDoubtful(doubts: readonly DoubtfulError[]): void {
  const [first] = doubts;
  if (first === undefined) return;
  if (doubts.length === 1) throw first;
  throw new DoubtfulError(doubts.map(({ message }) => message).join('; '), {
    op: first.op,
    hint: first.hint ?? 'look at the feed first',
    cause: first,
  });
}

/** All media of the feed are not those of the listings that a filter lets in. */
function refuseFiltered(
  resources: readonly Dataset[],
  filters: Readonly<Record<string, string | undefined>>,
): void {
  const wrong = resources.find((resource) => filters[parentLink(resource)?.parent ?? ''] !== undefined);
  if (wrong === undefined) return;
  throw new ConfigError(`${wrong.name} can't be reconciled while ${parentLink(wrong)?.parent} is filtered`, {
    op: 'reconcile',
    hint: 'leave it out of --resources: its sets follow their listings with every sync',
  });
}

function describe({ found, skipped, unloaded }: Reconciled, dryRun: boolean, calls: number): string {
  const head = [
    'resource',
    'in the feed',
    'here',
    'missing or stale',
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
    ...[...skipped].map(([name, why]) => `${name}: skipped, ${why}`),
    ...unloaded.map((name) => `${name}: not compared, its first load is not through`),
    `${calls} calls`,
  ].join('\n');
}
