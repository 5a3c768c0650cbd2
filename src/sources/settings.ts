import type { Values, Variables } from '../lib/variable-types.ts';

/** The variables that configure a source, and the settings that they become. */
export type SettingsDefinition<Settings> = {
  /** By name: what each takes, and its default. No other source has a variable of this name. */
  readonly variables: Variables;
  /** Names of those whose values are kept out of messages and logs. */
  readonly secrets: readonly string[];
  /** If none of these variables is set and other sources are configured, this one is not used. */
  readonly signs?: readonly string[];
  /**
   * What is wrong with values that are valid on their own.
   * @param values without those that are invalid.
   */
  readonly problems: (values: Partial<Values<Variables>>) => readonly string[];
  /** @param values of all variables. */
  readonly build: (values: Values<Variables>) => Settings;
};

/** The same, with the types of its own variables. */
type TypedSettings<V extends Variables, Settings> = {
  readonly variables: V;
  readonly secrets?: readonly (keyof V & string)[];
  readonly signs?: readonly (keyof V & string)[];
  readonly problems?: (values: Partial<Values<V>>) => readonly string[];
  readonly build: (values: Values<V>) => Settings;
};

export function defineSettings<const V extends Variables, Settings>({
  variables,
  secrets = [],
  signs,
  problems = () => [],
  build,
}: TypedSettings<V, Settings>): SettingsDefinition<Settings> {
  return {
    variables,
    secrets,
    ...(signs === undefined ? {} : { signs }),
    // They were parsed by these variables.
    problems: (values) => problems(values as Partial<Values<V>>),
    build: (values) => build(values as Values<V>),
  };
}
