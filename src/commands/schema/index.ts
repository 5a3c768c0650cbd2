import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';

export type SchemaFlags = {
  readonly since?: string;
  readonly json?: boolean;
  readonly refresh?: boolean;
};

export const schema: CommandDefinition = {
  name: 'schema',
  group: 'Set up',
  summary: "show changes of the feed's schema",
  examples: ['schema diff', 'schema diff --since 2026-01-01 --json'],
  fallback: 'diff',
  subcommands: [
    {
      name: 'diff',
      summary: 'show the last change, or all changes since a time, field by field',
      flags: [
        {
          flag: '--since <time>',
          help: 'changes since this time: 2026-03-19 or 2026-03-19T22:00:00Z; default: the last change',
        },
        { flag: '--refresh', help: 'request the schema from the feed first; one request' },
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
