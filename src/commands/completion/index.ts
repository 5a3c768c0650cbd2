import type { CommandDefinition } from '../shared/definition.ts';

type Shell = 'bash' | 'zsh' | 'fish';

export const completion: CommandDefinition = {
  name: 'completion',
  group: 'Set up',
  summary: 'print a shell completion script',
  args: [{ name: '<shell>', help: 'the shell', choices: ['bash', 'zsh', 'fish'] satisfies Shell[] }],
  examples: ['completion bash > ~/.local/share/bash-completion/completions/trestle-etl'],
  run: async (tool, _flags: object, shell: Shell) => {
    const { generateScript } = await import('./script.ts');
    tool.print(generateScript(shell, tool.words()));
  },
};
