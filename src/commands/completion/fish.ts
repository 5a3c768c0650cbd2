import { firstWordsOf, type Option, PROFILES, type Words } from './words.ts';

/** For `trestle-etl completion fish | source`. */
export function fish({ name, commands, options }: Words): string {
  const names = commands.map((command) => command.name).join(' ');
  return [
    `# ${name}: completion for fish`,
    `set -l all ${names}`,
    `complete -c ${name} -f`,
    ...options.map((option) => `complete -c ${name} ${optionOf(option)}`),
    ...commands.map(
      (command) =>
        `complete -c ${name} -n "not __fish_seen_subcommand_from $all" -a ${command.name} -d ${quoted(command.description)}`,
    ),
    ...commands.flatMap((command) => linesOf(name, command)),
  ].join('\n');
}

function linesOf(tool: string, command: Words): string[] {
  const { commands, options } = command;
  const seen = `__fish_seen_subcommand_from ${command.name}`;
  const first = firstWordsOf(command).join(' ');
  // Once a subcommand is there, no other one is offered.
  const isOpen = commands.length === 0 ? seen : `${seen}; and not __fish_seen_subcommand_from ${first}`;
  return [
    ...(first === '' ? [] : [line(tool, isOpen, `-a ${quoted(first)}`)]),
    ...options.map((option) => line(tool, seen, optionOf(option))),
    ...commands.flatMap((each) =>
      each.options.map((option) =>
        line(tool, `${seen}; and __fish_seen_subcommand_from ${each.name}`, optionOf(option)),
      ),
    ),
  ];
}

function line(tool: string, condition: string, rest: string): string {
  return `complete -c ${tool} -n ${quoted(condition)} ${rest}`;
}

function optionOf({ short, long, description, takes, choices }: Option): string {
  const value = {
    nothing: '',
    file: ' -r -F',
    profile: ` -x -a ${quoted(`(sh -c ${quoted(PROFILES)})`)}`,
    text: choices.length === 0 ? ' -x' : ` -x -a ${quoted(choices.join(' '))}`,
  }[takes];
  const letter = short === undefined ? '' : ` -s ${short.slice(1)}`;
  return `-l ${long.slice(2)}${letter}${value} -d ${quoted(description)}`;
}

/** Between single quotes fish knows two escapes. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (sign) => `\\${sign}`)}'`;
}
