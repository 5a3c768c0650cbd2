import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';
import { parseCount, parseDurationFlag } from '../shared/flag-values.ts';

export type StatusFlags = {
  readonly last: number;
  readonly json?: boolean;
  readonly check?: boolean;
  /** Milliseconds. */
  readonly maxAge?: number;
  readonly watch?: boolean;
};

export const status: CommandDefinition = {
  name: 'status',
  group: 'Every day',
  summary: 'show the last runs, and how fresh each resource, county and source of items is',
  flags: [
    { flag: '--last <n>', help: 'number of runs', parse: parseCount, preset: 10 },
    {
      flag: '--check',
      help: 'only check whether the feed and the items are fresh; exit code 1 if they are not',
    },
    {
      flag: '--max-age <time>',
      help: 'age after which they are stale; default: ALERT_MAX_AGE',
      parse: parseDurationFlag,
    },
    { flag: '--watch', help: 'refresh every two seconds, until Ctrl-C' },
    JSON_FLAG,
  ],
  examples: ['status', 'status --last 3 --json', 'status --check --max-age 12h'],
  run: async (tool, flags: StatusFlags) => {
    const { showStatus } = await import('./show.ts');
    await tool.withContext('look', (context) => showStatus(context, flags, tool.screen()));
  },
};
