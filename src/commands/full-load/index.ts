import type { CommandDefinition } from '../shared/definition.ts';
import { DRY_RUN, FORCE, FROM, type LoadFlags, MAX_PAGES, RESOURCES, SOURCE } from '../shared/load-flags.ts';

type FullLoadFlags = Omit<LoadFlags, 'since'>;

export const fullLoad: CommandDefinition = {
  name: 'full-load',
  group: 'Every day',
  summary: 'load the whole feed, which resumes after an interruption, or a source from its beginning',
  args: [SOURCE],
  flags: [
    RESOURCES,
    { flag: '--restart', help: 'start from the beginning, even if a full-load was interrupted' },
    { flag: '--active-first', help: 'in a first load: load active listings and their media first' },
    { flag: '--usable-first', help: 'former name of --active-first', aliasOf: 'activeFirst' },
    DRY_RUN,
    MAX_PAGES,
    {
      flag: '--strategy <name>',
      help: 'how the feed is paged',
      choices: ['keyset', 'replication'],
      preset: 'keyset',
    },
    FROM,
    FORCE,
  ],
  examples: [
    'full-load',
    'full-load --active-first',
    'full-load --resources Media --restart',
    'full-load hcad',
    'full-load permits',
  ],
  run: async (tool, flags: FullLoadFlags, source?: string) => {
    const { loadSources } = await import('../shared/load-sources.ts');
    const print = flags.dryRun === true ? tool.print : tool.printOnTerminal;
    await tool.withContext('write', (context) => loadSources({ context, source }, 'full-load', flags, print));
  },
};
