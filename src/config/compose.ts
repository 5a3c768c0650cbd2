import type { Values, Variables } from '../lib/variable-types.ts';
import type { SourceDefinition } from '../sources/definition.ts';
import { COMMON_SECRETS, commonVariables } from './variables.ts';

/** The members of a source definition that the configuration uses. */
export type Configurable = Pick<SourceDefinition, 'id' | 'settings'>;

/** Texts by variable name; undefined if the variable is not set. */
export type Texts = Readonly<Record<string, string | undefined>>;

/** Returns the variables of all sources, then the common ones, and the names of those whose values are never shown. */
export function composeVariables(sources: readonly Configurable[]): {
  readonly variables: Variables;
  readonly secrets: ReadonlySet<string>;
} {
  const settings = sources.flatMap((source) => source.settings ?? []);
  return {
    variables: Object.fromEntries(
      [...settings.map(({ variables }) => variables), commonVariables].flatMap((own: Variables) =>
        Object.entries(own),
      ),
    ),
    secrets: new Set([...settings.flatMap(({ secrets }) => secrets), ...COMMON_SECRETS]),
  };
}

/** A variable that cannot be parsed, and its rule, such as `must be an amount`. */
export type Invalid = { readonly name: string; readonly takes: string };

/** Parses each variable separately, so that an invalid one does not hide the others. */
export function parseTexts<V extends Variables>(
  variables: V,
  texts: Texts,
): { readonly valid: Partial<Values<V>>; readonly invalid: readonly Invalid[] } {
  const parsed = Object.entries(variables).map(
    ([name, type]) => [name, type.safeParse(texts[name])] as const,
  );
  const valid = parsed.flatMap(([name, { success, data }]) => (success ? [[name, data] as const] : []));
  return {
    valid: Object.fromEntries(valid) as Partial<Values<V>>,
    invalid: parsed.flatMap(([name, { error }]) =>
      (error?.issues ?? []).map(({ message }) => ({ name, takes: message })),
    ),
  };
}

/** The settings of one source. */
export type SourceReading = {
  readonly id: string;
  readonly invalid: readonly Invalid[];
  /** Problems between values that are each valid. */
  readonly conflicts: readonly string[];
  /** The values of its secrets, which must not appear in any log. */
  readonly secrets: readonly string[];
  /** Call it only if there are no problems. */
  readonly build: () => unknown;
};

/** Reads the settings of a source; a source without settings gets an empty object. */
export function readSource({ id, settings }: Configurable, texts: Texts): SourceReading {
  if (settings === undefined) return { id, invalid: [], conflicts: [], secrets: [], build: () => ({}) };
  const { valid, invalid } = parseTexts(settings.variables, texts);
  return {
    id,
    invalid,
    conflicts: settings.problems(valid),
    secrets: settings.secrets.flatMap((name) => texts[name] ?? []),
    build: () => settings.build(valid),
  };
}

/** Whether one of the variables is set that show that a source is used. */
export function isUsed({ settings }: Configurable, texts: Texts): boolean {
  return settings?.signs === undefined || settings.signs.some((name) => texts[name] !== undefined);
}
