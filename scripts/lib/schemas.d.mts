export interface SchemaParts {
  /** `toJSONSchema` of zod. */
  toJSONSchema(type: never, options: object): Record<string, unknown>;
  /** What the name of a source has to match. */
  sourceId: RegExp;
  kinds: readonly { type: string; entry: () => unknown }[];
  /** The zod type of layout files. */
  layoutFile: unknown;
}

export function createSchemas(parts: SchemaParts): Readonly<Record<string, Record<string, unknown>>>;
export function formatSchema(schema: Record<string, unknown>): string;
