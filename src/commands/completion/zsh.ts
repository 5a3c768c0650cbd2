import { firstWordsOf, namesOf, type CompletionOption, PROFILES, type CompletionWords } from './words.ts';

/** For `source <(trestle-etl completion zsh)`, or as the file `_trestle-etl` in a folder of `$fpath`. */
export function generateZsh(program: CompletionWords): string {
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
${commands.map((command) => `    ${quote(`${command.name}:${command.description}`)}`).join('\n')}
  )
  profiles=(\${(f)"$(${PROFILES})"})
  _arguments -C \\
${formatOptions(options, 4)}
    '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
${commands.map((command) => formatChoice(command, global)).join('\n')}
      esac ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  ${fn} "$@"
else
  compdef ${fn} ${name}
fi`;
}

function formatChoice(command: CompletionWords, more: readonly CompletionOption[]): string {
  const { name, commands, options } = command;
  if (commands.length > 0) return formatParentChoice(command, more);
  const words = firstWordsOf(command);
  const first = words.length === 0 ? '' : ` \\\n            ${quote(`1:what:(${words.join(' ')})`)}`;
  return `        ${name})
          _arguments \\
${formatOptions([...options, ...more], 12).replace(/ \\$/, '')}${first} ;;`;
}

/** A command with subcommands: only the subcommand completes the words after it. */
function formatParentChoice(command: CompletionWords, more: readonly CompletionOption[]): string {
  const { name, commands, options } = command;
  return `        ${name})
          _arguments -C \\
${formatOptions([...options, ...more], 12)}
            ${quote(`1:what:(${firstWordsOf(command).join(' ')})`)} '*::argument:->subcommand'
          if [[ $state == subcommand ]]; then
            case $words[1] in
${commands.map((each) => formatChoice(each, more).replaceAll(/^/gm, '      ')).join('\n')}
            esac
          fi ;;`;
}

function formatOptions(options: readonly CompletionOption[], indent: number): string {
  return options
    .flatMap((option) =>
      namesOf(option).map((each) => `${' '.repeat(indent)}${quote(formatSpec(each, option))} \\`),
    )
    .join('\n');
}

/** `--name[what it does]:value:action` */
function formatSpec(name: string, { description, takes, choices }: CompletionOption): string {
  const head = `${name}[${description.replaceAll(/[\\[\]]/g, (sign) => `\\${sign}`)}]`;
  if (takes === 'nothing') return head;
  if (takes === 'file') return `${head}:file:_files`;
  if (takes === 'profile') return `${head}:profile:compadd -a profiles`;
  return `${head}:value:${choices.length === 0 ? '' : `(${choices.join(' ')})`}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", () => String.raw`'\''`)}'`;
}
