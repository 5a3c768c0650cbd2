/** How a tool is called: its name, what has to stand behind it each time, and the names of its commands. */
export type Calling = {
  readonly tool: string;
  /** Undefined: nothing. */
  readonly flag: string | undefined;
  readonly commands: readonly string[];
};

/** The commands in a text as they have to be called: `tool --profile west sync` for `tool sync`. */
export function asCalled(text: string, { tool, flag, commands }: Calling): string {
  if (flag === undefined) return text;
  const command = new RegExp(`\\b${tool} (?=(?:${commands.join('|')})(?![\\w-]))`, 'g');
  return text.replaceAll(command, () => `${tool} ${flag} `);
}
