import type { CommandDefinition } from '../shared/definition.ts';

export const alert: CommandDefinition = {
  name: 'alert',
  group: 'Set up',
  summary: 'try out the ways by which alerts are sent',
  examples: ['alert test'],
  subcommands: [
    {
      name: 'test',
      summary: 'send a test alert by each way that is set, and say whether it was taken',
      examples: ['alert test'],
      run: async (tool) => {
        const { sendTest } = await import('./send-test.ts');
        await tool.withContext('write', (context) => sendTest(context, tool.print));
      },
    },
  ],
};
