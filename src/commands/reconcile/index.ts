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
  summary: 'find what the feed has no more, and what is missing here, by comparing all keys',
  flags: [
    {
      flag: '--resources <names>',
      help: 'these of RESOURCES; default: those with keys of their own',
      parse: parseList,
    },
    { flag: '--dry-run', help: 'compare, but fetch and delete nothing' },
    { flag: '--hard', help: 'remove rows instead of marking them as deleted' },
    { flag: '--force', help: 'delete also more than the share that may go at once' },
    {
      flag: '--max-delete-percent <p>',
      help: 'that share; default: RECONCILE_MAX_DELETE_PERCENT',
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
