/** How a source is configured. No part of it is a secret. */
export type SourceSettings = {
  /** Its entry in sources.yaml, as YAML; undefined: `.env` configures it. */
  readonly entry: string | undefined;
  /** Names and values of what `.env` configures. */
  readonly facts: readonly (readonly [string, string])[];
};
