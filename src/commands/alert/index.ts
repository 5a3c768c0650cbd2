import type { CommandDefinition } from '../shared/definition.ts';

export const alert: CommandDefinition = {
  name: 'alert',
  group: 'Set up',
  summary: 'test the channels that send alerts',
  examples: ['alert test'],
  subcommands: [
    {
      name: 'test',
      summary: 'send a test alert through each configured channel, and report the result',
      examples: ['alert test'],
      run: async (tool) => {
        const { sendTest } = await import('./send-test.ts');
        await tool.withContext('write', (context) => sendTest(context, tool.print));
      },
    },
  ],
};
