import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';

export type SchemaFlags = {
  readonly since?: string;
  readonly json?: boolean;
  readonly refresh?: boolean;
};

export const schema: CommandDefinition = {
  name: 'schema',
  group: 'Set up',
  summary: "show what changed in the feed's own schema",
  examples: ['schema diff', 'schema diff --since 2026-01-01 --json'],
  fallback: 'diff',
  subcommands: [
    {
      name: 'diff',
      summary: 'the last change, or everything since a time, field by field',
      flags: [
        {
          flag: '--since <time>',
          help: 'since then: 2026-03-19 or 2026-03-19T22:00:00Z; default: the last change',
        },
        { flag: '--refresh', help: 'ask the feed first; one call' },
        JSON_FLAG,
      ],
      examples: ['schema diff', 'schema diff --since 2026-01-01 --json'],
      run: async (tool, flags: SchemaFlags) => {
        const { showDiff } = await import('./show-diff.ts');
        await tool.withContext('look', (context) => showDiff(context, flags, tool.print));
      },
    },
  ],
};
