import {
  listCommands,
  firstWordsOf,
  namesOf,
  type CompletionOption,
  PROFILES,
  type CompletionWords,
} from './words.ts';

/** For `source <(trestle-etl completion bash)`. */
export function generateBash(program: CompletionWords): string {
  const { name, commands, options } = program;
  const fn = `_${name.replaceAll('-', '_')}`;
  const global = options.filter(({ takes }) => takes !== 'nothing');
  const all = listCommands(program);
  const parents = commands.filter((command) => command.commands.length > 0);
  const cases = [
    ...global.map((option) => formatValueCase('*', option)),
    ...all.flatMap(([path, command]) => command.options.map((option) => formatValueCase(path, option))),
  ];
  return `# ${name}: completion for bash
${fn}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" command="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${global.flatMap(namesOf).join(' | ')}) ((i++)) ;;
      -*) ;;
      *)
        if [[ -n $command ]]; then command="$command \${COMP_WORDS[i]}"; break; fi
        command="\${COMP_WORDS[i]}"
        case "$command" in ${parents.map((command) => command.name).join(' | ')}) ;; *) break ;; esac ;;
    esac
  done
  COMPREPLY=()
  case "$command $previous" in
${cases.filter((line) => line !== '').join('\n')}
  esac
  case "$command" in
    "") words="${listWords(program)}" ;;
${all.map(([path, command]) => `    "${path}") words="${listWords(command, global)}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F ${fn} ${name}`;
}

function listWords(command: CompletionWords, more: readonly CompletionOption[] = []): string {
  return [...firstWordsOf(command), ...[...command.options, ...more].flatMap(namesOf)].join(' ');
}

/** Offers the values of an option that takes one; none if they are not known. */
function formatValueCase(command: string, option: CompletionOption): string {
  if (option.takes === 'nothing') return '';
  const patterns = namesOf(option).map((each) => (command === '*' ? `*" ${each}"` : `"${command} ${each}"`));
  return `    ${patterns.join(' | ')}) ${formatOffer(option)}return ;;`;
}

function formatOffer({ takes, choices }: CompletionOption): string {
  if (takes === 'file') return 'COMPREPLY=($(compgen -f -- "$word")); ';
  if (takes === 'profile') return `COMPREPLY=($(compgen -W "$(${PROFILES})" -- "$word")); `;
  return choices.length === 0 ? '' : `COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$word")); `;
}
