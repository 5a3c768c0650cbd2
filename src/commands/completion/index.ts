import type { CommandDefinition } from '../shared/definition.ts';

type Shell = 'bash' | 'zsh' | 'fish';

export const completion: CommandDefinition = {
  name: 'completion',
  group: 'Set up',
  summary: 'print what a shell needs to complete these commands',
  args: [{ name: '<shell>', help: 'which one', choices: ['bash', 'zsh', 'fish'] satisfies Shell[] }],
  examples: ['completion bash > ~/.local/share/bash-completion/completions/trestle-etl'],
  run: async (tool, _flags: object, shell: Shell) => {
    const { generateScript } = await import('./script.ts');
    tool.print(generateScript(shell, tool.words()));
  },
};
