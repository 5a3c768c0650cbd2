import type { CommandDefinition } from '../shared/definition.ts';
import { DRY_RUN, type LoadFlags, MAX_PAGES, RESOURCES, SOURCE } from '../shared/load-flags.ts';

type SyncFlags = Pick<LoadFlags, 'resources' | 'since' | 'dryRun' | 'maxPages'>;

export const sync: CommandDefinition = {
  name: 'sync',
  group: 'Every day',
  summary: 'load what changed since the last run',
  args: [SOURCE],
  flags: [
    RESOURCES,
    {
      flag: '--since <time>',
      help: 'start from this time instead of the watermark: 2026-03-19 or 2026-03-19T22:00:00Z',
    },
    DRY_RUN,
    MAX_PAGES,
  ],
  examples: ['sync', 'sync --dry-run', 'sync --resources Property --since 2026-03-19'],
  run: async (tool, flags: SyncFlags, source?: string) => {
    const { loadFeed } = await import('../shared/load-feed.ts');
    const print = flags.dryRun === true ? tool.print : tool.printOnTerminal;
    await tool.withContext('write', (context) => loadFeed({ context, source }, 'sync', flags, print));
  },
};
