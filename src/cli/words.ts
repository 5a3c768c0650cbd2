import type { Command, Option } from 'commander';
import type { Option as Word, Words } from '../commands/completion/words.ts';

/** The command line as a shell completes it. */
export function wordsOf(program: Command): Words {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).map((command) => ({ ...describe(command), commands: [] }));
  const names = commands.map(({ name }) => name).filter((name) => name !== 'help');
  return {
    ...describe(program),
    commands: commands.map((command) => (command.name === 'help' ? { ...command, choices: names } : command)),
  };
}

function describe(command: Command): Omit<Words, 'commands'> {
  return {
    name: command.name(),
    description: command.description(),
    options: command.createHelp().visibleOptions(command).map(optionOf),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
}

function optionOf({ short, long, description, flags, required, argChoices }: Option): Word {
  const value = /<(\w+)/.exec(flags)?.[1];
  const takes = value === 'file' || value === 'profile' ? value : 'text';
  return {
    short,
    long: long ?? '',
    description,
    takes: required ? takes : 'nothing',
    choices: argChoices ?? [],
  };
}
