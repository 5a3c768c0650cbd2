import type { CommandDefinition } from '../shared/definition.ts';
import { parseList, parsePercent } from '../shared/flag-values.ts';

export type ReconcileFlags = {
  readonly resources?: readonly string[];
  readonly dryRun?: boolean;
  readonly hard?: boolean;
  readonly force?: boolean;
  readonly maxDeletePercent?: number;
};

export const reconcile: CommandDefinition = {
  name: 'reconcile',
  group: 'Every day',
  summary: 'compare all keys with the feed: find deleted, missing and stale records, and repair them',
  flags: [
    {
      flag: '--resources <names>',
      help: 'only these resources; default: all of RESOURCES that have their own keys',
      parse: parseList,
    },
    { flag: '--dry-run', help: 'compare, but fetch and delete nothing' },
    { flag: '--hard', help: 'remove rows instead of marking them as deleted' },
    { flag: '--force', help: 'also delete more than --max-delete-percent' },
    {
      flag: '--max-delete-percent <p>',
      help: 'the largest share to delete at once; default: RECONCILE_MAX_DELETE_PERCENT',
      parse: parsePercent,
    },
  ],
  examples: ['reconcile', 'reconcile --dry-run', 'reconcile --max-delete-percent 10'],
  run: async (tool, flags: ReconcileFlags) => {
    const { reconcileFeed } = await import('./reconcile.ts');
    const print = flags.dryRun === true ? tool.print : tool.printOnTerminal;
    await tool.withContext('write', (context) => reconcileFeed(context, flags, print));
  },
};
