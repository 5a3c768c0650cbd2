import type { Command, Option } from './commander.ts';
import type { Option as Word, Words } from '../commands/completion/words.ts';

/** The command line as a shell completes it. */
export function wordsOf(program: Command): Words {
  const words = describe(program);
  const names = words.commands.map(({ name }) => name).filter((name) => name !== 'help');
  return {
    ...words,
    commands: words.commands.map((command) =>
      command.name === 'help' ? { ...command, choices: names } : command,
    ),
  };
}

function describe(command: Command): Words {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(optionOf),
    choices: command.registeredArguments[0]?.argChoices ?? [],
    commands: help.visibleCommands(command).map(describe),
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
