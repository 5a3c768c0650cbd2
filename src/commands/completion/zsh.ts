import { firstWordsOf, namesOf, type Option, PROFILES, type Words } from './words.ts';

/** For `source <(trestle-etl completion zsh)`, or as the file `_trestle-etl` in a folder of `$fpath`. */
export function zsh(program: Words): string {
  const { name, commands, options } = program;
  const fn = `_${name.replaceAll('-', '_')}`;
  const global = options.filter(({ takes }) => takes !== 'nothing');
  return `#compdef ${name}
# ${name}: completion for zsh
${fn}() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands profiles
  commands=(
${commands.map((command) => `    ${quoted(`${command.name}:${command.description}`)}`).join('\n')}
  )
  profiles=(\${(f)"$(${PROFILES})"})
  _arguments -C \\
${lines(options, 4)}
    '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
${commands.map((command) => choice(command, global)).join('\n')}
      esac ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  ${fn} "$@"
else
  compdef ${fn} ${name}
fi`;
}

function choice(command: Words, more: readonly Option[]): string {
  const { name, commands, options } = command;
  if (commands.length > 0) return parentChoice(command, more);
  const words = firstWordsOf(command);
  const first = words.length === 0 ? '' : ` \\\n            ${quoted(`1:what:(${words.join(' ')})`)}`;
  return `        ${name})
          _arguments \\
${lines([...options, ...more], 12).replace(/ \\$/, '')}${first} ;;`;
}

/** A command with subcommands: what follows one of them is completed by that one alone. */
function parentChoice(command: Words, more: readonly Option[]): string {
  const { name, commands, options } = command;
  return `        ${name})
          _arguments -C \\
${lines([...options, ...more], 12)}
            ${quoted(`1:what:(${firstWordsOf(command).join(' ')})`)} '*::argument:->subcommand'
          if [[ $state == subcommand ]]; then
            case $words[1] in
${commands.map((each) => choice(each, more).replaceAll(/^/gm, '      ')).join('\n')}
            esac
          fi ;;`;
}

function lines(options: readonly Option[], indent: number): string {
  return options
    .flatMap((option) =>
      namesOf(option).map((each) => `${' '.repeat(indent)}${quoted(spec(each, option))} \\`),
    )
    .join('\n');
}

/** `--name[what it does]:value:action` */
function spec(name: string, { description, takes, choices }: Option): string {
  const head = `${name}[${description.replaceAll(/[\\[\]]/g, (sign) => `\\${sign}`)}]`;
  if (takes === 'nothing') return head;
  if (takes === 'file') return `${head}:file:_files`;
  if (takes === 'profile') return `${head}:profile:compadd -a profiles`;
  return `${head}:value:${choices.length === 0 ? '' : `(${choices.join(' ')})`}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", () => String.raw`'\''`)}'`;
}
