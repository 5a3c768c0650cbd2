import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';
import { parseList } from '../shared/flag-values.ts';

export type VerifyFlags = {
  readonly resources?: readonly string[];
  readonly since?: string;
  readonly stored?: boolean;
  readonly repair?: boolean;
  readonly json?: boolean;
};

export const verify: CommandDefinition = {
  name: 'verify',
  group: 'Inspect',
  summary: 'compare all stored keys and versions with the feed, and list the differences',
  args: [{ name: '[source]', help: 'a county, such as hcad: compares its tables with what was loaded' }],
  flags: [
    {
      flag: '--resources <names>',
      help: 'only these resources; default: all of RESOURCES that have their own keys',
      parse: parseList,
    },
    { flag: '--since <time>', help: 'only changes since this time: 2026-03-19 or 2026-03-19T22:00:00Z' },
    { flag: '--stored', help: 'compare each stored row with its stored payload instead; sends no requests' },
    { flag: '--repair', help: 'with --stored: rewrite the rows that differ' },
    JSON_FLAG,
  ],
  examples: [
    'verify',
    'verify --since 2026-03-01 --json',
    'verify --stored',
    'verify --stored --repair',
    'verify hcad',
  ],
  run: async (tool, flags: VerifyFlags, source?: string) => {
    const { verifyChosen } = await import('./verify.ts');
    const access = flags.repair === true ? 'write' : 'look';
    await tool.withContext(access, (context) => verifyChosen(context, source, flags, tool.printAdapted));
  },
};
