import type { Tool } from './tool.ts';

/** The groups of `--help`, in this order. */
export const GROUPS = ['Every day', 'Inspect', 'Repair', 'Set up'] as const;

export type Flag = {
  /** `--last <n>`, as `--help` shows it. */
  readonly flag: string;
  readonly help: string;
  /** Turns the text into the flag's value. @throws InvalidValueError */
  readonly parse?: (text: string) => unknown;
  /** The value without the flag. */
  readonly preset?: unknown;
  /** How `--help` shows the preset. */
  readonly presetText?: string;
  readonly choices?: readonly string[];
  /** The name of a flag that excludes this one. */
  readonly conflicts?: string;
  readonly isRequired?: boolean;
  /** Another flag, by the name of its value: this one sets it too, and `--help` does not list it. */
  readonly aliasOf?: string;
};

export type ArgumentDefinition = {
  /** `<key>`, `[resource]` or `[keys...]`. */
  readonly name: string;
  readonly help: string;
  readonly preset?: string;
  readonly choices?: readonly string[];
};

/** A command without its code: `run` imports that when the command is called. */
export type Subcommand = {
  readonly name: string;
  readonly summary: string;
  readonly args?: readonly ArgumentDefinition[];
  readonly flags?: readonly Flag[];
  /** Each without the tool's name. */
  readonly examples: readonly string[];
  /** Receives the flags and then each argument, as `flags` and `args` describe them. */
  readonly run: (tool: Tool, flags: never, ...args: never[]) => Promise<void>;
};

/** A command that does its work itself, or one that has subcommands instead. */
export type CommandDefinition = { readonly group: (typeof GROUPS)[number] } & (
  | Subcommand
  | (Pick<Subcommand, 'name' | 'summary' | 'examples'> & {
      readonly subcommands: readonly Subcommand[];
      /** The subcommand that runs if none is named. */
      readonly fallback?: string;
    })
);

export function subcommandsOf(definition: CommandDefinition): readonly Subcommand[] {
  return 'subcommands' in definition ? definition.subcommands : [];
}

export const JSON_FLAG: Flag = { flag: '--json', help: 'print JSON' };
