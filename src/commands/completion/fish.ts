import { firstWordsOf, type CompletionOption, PROFILES, type CompletionWords } from './words.ts';

/** For `trestle-etl completion fish | source`. */
export function generateFish({ name, commands, options }: CompletionWords): string {
  const names = commands.map((command) => command.name).join(' ');
  return [
    `# ${name}: completion for fish`,
    `set -l all ${names}`,
    `complete -c ${name} -f`,
    ...options.map((option) => `complete -c ${name} ${formatOption(option)}`),
    ...commands.map(
      (command) =>
        `complete -c ${name} -n "not __fish_seen_subcommand_from $all" -a ${command.name} -d ${quote(command.description)}`,
    ),
    ...commands.flatMap((command) => formatCommand(name, command)),
  ].join('\n');
}

function formatCommand(tool: string, command: CompletionWords): string[] {
  const { commands, options } = command;
  const seen = `__fish_seen_subcommand_from ${command.name}`;
  const first = firstWordsOf(command).join(' ');
  // After a subcommand no other one is offered.
  const isOpen = commands.length === 0 ? seen : `${seen}; and not __fish_seen_subcommand_from ${first}`;
  return [
    ...(first === '' ? [] : [formatLine(tool, isOpen, `-a ${quote(first)}`)]),
    ...options.map((option) => formatLine(tool, seen, formatOption(option))),
    ...commands.flatMap((each) =>
      each.options.map((option) =>
        formatLine(tool, `${seen}; and __fish_seen_subcommand_from ${each.name}`, formatOption(option)),
      ),
    ),
  ];
}

function formatLine(tool: string, condition: string, rest: string): string {
  return `complete -c ${tool} -n ${quote(condition)} ${rest}`;
}

function formatOption({ short, long, description, takes, choices }: CompletionOption): string {
  const value = {
    nothing: '',
    file: ' -r -F',
    profile: ` -x -a ${quote(`(sh -c ${quote(PROFILES)})`)}`,
    text: choices.length === 0 ? ' -x' : ` -x -a ${quote(choices.join(' '))}`,
  }[takes];
  const letter = short === undefined ? '' : ` -s ${short.slice(1)}`;
  return `-l ${long.slice(2)}${letter}${value} -d ${quote(description)}`;
}

/** Fish has two escapes between single quotes. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (sign) => `\\${sign}`)}'`;
}
