import type { Values, Variables } from '../lib/variable-types.ts';
import type { SourceDefinition } from '../sources/definition.ts';
import { COMMON_SECRETS, commonVariables } from './variables.ts';

/** What the configuration needs to know of a source. */
export type Configurable = Pick<SourceDefinition, 'id' | 'settings'>;

/** Texts by the name of their variable; undefined if it is not set. */
export type Texts = Readonly<Record<string, string | undefined>>;

/** The variables of all sources, then the common ones, and the names of those whose values are never shown. */
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

/** A variable that cannot be parsed, and what it takes. */
export type Invalid = { readonly name: string; readonly takes: string };

/** Parses each variable on its own, so that one that is wrong hides none of the others. */
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
  /** What is wrong with values that are valid on their own. */
  readonly conflicts: readonly string[];
  /** Values of its secrets, which no log may hold. */
  readonly secrets: readonly string[];
  /** Only if nothing is wrong. */
  readonly build: () => unknown;
};

/** A source without settings gets an empty object. */
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
