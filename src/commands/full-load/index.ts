import type { CommandDefinition } from '../shared/definition.ts';
import { DRY_RUN, type LoadFlags, MAX_PAGES, RESOURCES, SOURCE } from '../shared/load-flags.ts';

type FullLoadFlags = Omit<LoadFlags, 'since'>;

export const fullLoad: CommandDefinition = {
  name: 'full-load',
  group: 'Every day',
  summary: 'load the whole feed; interrupted, it goes on where it committed',
  args: [SOURCE],
  flags: [
    RESOURCES,
    { flag: '--restart', help: 'begin at the beginning, whatever an interrupted full-load has done' },
    { flag: '--active-first', help: 'a first load: active listings and their media before the rest' },
    { flag: '--usable-first', help: 'former name of --active-first', aliasOf: 'activeFirst' },
    DRY_RUN,
    MAX_PAGES,
    {
      flag: '--strategy <name>',
      help: 'how the feed is paged',
      choices: ['keyset', 'replication'],
      preset: 'keyset',
    },
  ],
  examples: ['full-load', 'full-load --active-first', 'full-load --resources Media --restart'],
  run: async (tool, flags: FullLoadFlags, source?: string) => {
    const { loadFeed } = await import('../shared/load-feed.ts');
    const print = flags.dryRun === true ? tool.print : tool.printOnTerminal;
    await tool.withContext('write', (context) => loadFeed({ context, source }, 'full-load', flags, print));
  },
};
