import { Argument, Command, InvalidArgumentError, Option } from './commander.ts';
import {
  type ArgumentDefinition,
  type CommandDefinition,
  type Flag,
  type Subcommand,
  subcommandsOf,
} from '../commands/shared/definition.ts';
import { InvalidValueError } from '../commands/shared/flag-values.ts';
import type { Tool } from '../commands/shared/tool.ts';
import { UsageError } from '../errors.ts';

/** Creates commander's command; `tool` is created when the command is called. */
export function createCommand(definition: CommandDefinition, tool: () => Tool): Command {
  if (!('subcommands' in definition)) return createLeaf(definition, tool).helpGroup(headingOf(definition));
  const command = new Command(definition.name)
    .description(definition.summary)
    .helpGroup(headingOf(definition))
    .helpCommand(false)
    .usage('[command]')
    .allowExcessArguments()
    .addHelpText('after', formatExamples(definition.examples))
    .action((_flags: object, { args }: Command) => refuse(definition, args[0]));
  for (const subcommand of definition.subcommands) {
    command.addCommand(createLeaf(subcommand, tool));
  }
  return command;
}

/** The heading of the command's group in `--help`. */
function headingOf({ group }: CommandDefinition): string {
  return `${group}:`;
}

function createLeaf(definition: Subcommand, tool: () => Tool): Command {
  const { name, summary, args = [], flags = [], examples } = definition;
  const command = new Command(name).description(summary);
  for (const arg of args) command.addArgument(createArgument(arg));
  for (const flag of flags) command.addOption(createOption(flag));
  // `never`: the definition itself describes the types of its flags and arguments.
  const run = definition.run as (tool: Tool, flags: object, ...values: unknown[]) => Promise<void>;
  return command.addHelpText('after', formatExamples(examples)).action(async (...values: unknown[]) => {
    const given = values.slice(0, args.length);
    await run(tool(), values[args.length] as object, ...given);
  });
}

function createOption(definition: Flag): Option {
  const { flag, help, parse, preset, presetText, choices, conflicts, isRequired, aliasOf } = definition;
  const option = new Option(flag, help);
  if (parse !== undefined) option.argParser((text) => parseValue(parse, text));
  if (choices !== undefined) option.choices(choices);
  if (preset !== undefined) option.default(preset, presetText);
  if (conflicts !== undefined) option.conflicts(conflicts);
  if (aliasOf !== undefined) option.implies({ [aliasOf]: true }).hideHelp();
  return option.makeOptionMandatory(isRequired ?? false);
}

/** Turns an invalid value into commander's error, which names the flag. */
function parseValue(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof InvalidValueError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function createArgument({ name, help, choices, preset }: ArgumentDefinition): Argument {
  const argument = new Argument(name, help);
  if (choices !== undefined) argument.choices(choices);
  if (preset !== undefined) argument.default(preset);
  return argument;
}

function formatExamples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  trestle-etl ${line}`).join('\n')}`;
}

/** @throws UsageError always: the command needs one of its subcommands. */
function refuse(definition: CommandDefinition, word: string | undefined): never {
  const { name } = definition;
  const names = subcommandsOf(definition).map((subcommand) => subcommand.name);
  const choice = names.length === 1 ? names[0]! : `one of ${names.join(', ')}`;
  const message = word === undefined ? `${name} needs` : `${name} has no ${word}: it needs`;
  throw new UsageError(`${message} ${choice}`, {
    op: 'read arguments',
    hint: `trestle-etl ${name} --help lists them`,
  });
}
