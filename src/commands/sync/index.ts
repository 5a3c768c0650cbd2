import type { CommandDefinition } from '../shared/definition.ts';
import { DRY_RUN, FORCE, FROM, type LoadFlags, MAX_PAGES, RESOURCES, SOURCE } from '../shared/load-flags.ts';

type SyncFlags = Pick<LoadFlags, 'resources' | 'since' | 'dryRun' | 'maxPages' | 'from' | 'force'>;

export const sync: CommandDefinition = {
  name: 'sync',
  group: 'Every day',
  summary: 'load what changed since the last run',
  args: [{ ...SOURCE, help: 'one source now; default: the Trestle feed, then every source that is due' }],
  flags: [
    RESOURCES,
    {
      flag: '--since <time>',
      help: 'start from this time instead of the watermark: 2026-03-19 or 2026-03-19T22:00:00Z',
    },
    DRY_RUN,
    MAX_PAGES,
    FROM,
    FORCE,
  ],
  examples: [
    'sync',
    'sync --dry-run',
    'sync --resources Property --since 2026-03-19',
    'sync hcad',
    'sync permits --force',
  ],
  run: async (tool, flags: SyncFlags, source?: string) => {
    const { loadSources } = await import('../shared/load-sources.ts');
    const print = flags.dryRun === true ? tool.print : tool.printOnTerminal;
    await tool.withContext('write', (context) => loadSources({ context, source }, 'sync', flags, print));
  },
};
