import {
  type CommandDefinition,
  type Flag,
  type Subcommand,
  subcommandsOf,
} from '../commands/shared/definition.ts';

/** Global flags that take a value. */
const GLOBAL_FLAGS = ['--env-file', '--profile'];

/**
 * Moves the subcommand directly after its command: `fields --json list` means `fields list --json`, and `fields`
 * alone, or with flags only, means its fallback.
 * @param words the command line after the tool's name.
 */
export function moveSubcommandFirst(
  words: readonly string[],
  definitions: readonly CommandDefinition[],
): readonly string[] {
  const at = findOperand(words, 0, new Set(GLOBAL_FLAGS));
  const definition = definitions.find(({ name }) => name === words[at]);
  if (definition === undefined || !('subcommands' in definition)) return words;
  const subcommands = subcommandsOf(definition);
  const [head, rest] = [words.slice(0, at + 1), words.slice(at + 1)];
  if (rest.some((word) => word === '--help' || word === '-h')) return words;
  const own = findOperand(rest, 0, new Set([...GLOBAL_FLAGS, ...subcommands.flatMap(listValueFlags)]));
  const operand = rest[own];
  if (operand === undefined) {
    return definition.fallback === undefined ? words : [...head, definition.fallback, ...rest];
  }
  if (!subcommands.some(({ name }) => name === operand)) return words;
  return [...head, operand, ...rest.slice(0, own), ...rest.slice(own + 1)];
}

/** The index of the first word that is neither a flag nor a flag's value; the number of words if there is none. */
function findOperand(words: readonly string[], start: number, takesValue: ReadonlySet<string>): number {
  let at = start;
  while (at < words.length && words[at]!.startsWith('-')) at += takesValue.has(words[at]!) ? 2 : 1;
  return Math.min(at, words.length);
}

function listValueFlags({ flags = [] }: Subcommand): string[] {
  return flags.filter(({ flag }) => flag.includes('<')).map(nameOf);
}

/** `--last` of `--last <n>`. */
export function nameOf({ flag }: Flag): string {
  return flag.split(' ')[0]!;
}
