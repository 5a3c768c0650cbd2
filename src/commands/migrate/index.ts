import type { CommandDefinition } from '../shared/definition.ts';

export const migrate: CommandDefinition = {
  name: 'migrate',
  group: 'Set up',
  summary: 'update the tables to this version; every run does this automatically',
  examples: ['migrate'],
  run: async (tool) => {
    const { migrateTables } = await import('../../run/migrate.ts');
    await tool.withContext('write', async ({ tools }) => {
      const applied = await migrateTables(tools);
      tool.printOnTerminal(
        applied.length === 0 ? 'the tables are up to date' : `applied ${applied.join(', ')}`,
      );
    });
  },
};
