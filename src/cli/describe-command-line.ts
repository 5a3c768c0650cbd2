import type { Command, Option } from './commander.ts';
import type { CompletionOption, CompletionWords } from '../commands/completion/words.ts';

/** Describes the command line for shell completion. */
export function describeCommandLine(program: Command): CompletionWords {
  const words = describe(program);
  const names = words.commands.map(({ name }) => name).filter((name) => name !== 'help');
  return {
    ...words,
    commands: words.commands.map((command) =>
      command.name === 'help' ? { ...command, choices: names } : command,
    ),
  };
}

function describe(command: Command): CompletionWords {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(describeOption),
    choices: command.registeredArguments[0]?.argChoices ?? [],
    commands: help.visibleCommands(command).map(describe),
  };
}

function describeOption({ short, long, description, flags, required, argChoices }: Option): CompletionOption {
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
