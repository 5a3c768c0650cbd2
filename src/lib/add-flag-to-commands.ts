/** How a tool is invoked: its name, the flag that every call needs, and the names of its commands. */
export type Invocation = {
  readonly tool: string;
  /** Undefined: none. */
  readonly flag: string | undefined;
  readonly commands: readonly string[];
};

/** Adds the flag to every command in a text: `tool sync` becomes `tool --profile west sync`. */
export function addFlagToCommands(text: string, { tool, flag, commands }: Invocation): string {
  if (flag === undefined) return text;
  const command = new RegExp(`\\b${tool} (?=(?:${commands.join('|')})(?![\\w-]))`, 'g');
  return text.replaceAll(command, () => `${tool} ${flag} `);
}
