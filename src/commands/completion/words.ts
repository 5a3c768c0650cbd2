/** An option as the user types it. */
export type CompletionOption = {
  readonly short: string | undefined;
  readonly long: string;
  readonly description: string;
  readonly takes: 'nothing' | 'file' | 'profile' | 'text';
  /** The allowed values of the option, if they are a list. */
  readonly choices: readonly string[];
};

/** A command, or the program itself. */
export type CompletionWords = {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletionOption[];
  /** The allowed values of its first argument, if they are a list. */
  readonly choices: readonly string[];
  /** Its subcommands. */
  readonly commands: readonly CompletionWords[];
};

/** The words that may follow a command: the values of its argument, or its subcommands. */
export function firstWordsOf({ choices, commands }: CompletionWords): readonly string[] {
  return commands.length === 0 ? choices : commands.map(({ name }) => name);
}

/** Lists every command and subcommand with the words that call it: `status`, `fields`, `fields list` … */
export function listCommands({
  commands,
}: CompletionWords): (readonly [path: string, words: CompletionWords])[] {
  return commands.flatMap((command) => [
    [command.name, command] as const,
    ...command.commands.map((each) => [`${command.name} ${each.name}`, each] as const),
  ]);
}

/** The ways to type an option. */
export function namesOf({ short, long }: CompletionOption): string[] {
  return short === undefined ? [long] : [short, long];
}

/** Shell: the profiles that have a file in the working directory. */
export const PROFILES = "command ls -a | sed -n 's/^\\.env\\.\\([A-Za-z0-9_-]*\\)$/\\1/p' | grep -vx example";
