import * as z from '../../lib/zod.ts';

/** A JSON value of the document. */
export type Part = Readonly<Record<string, unknown>>;

/** The JSON Schema of a type. OpenAPI 3.1 takes draft 2020-12, without its `$schema`. */
export function toSchema(type: z.ZodType): Part {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io: 'output', unrepresentable: 'any' });
  return schema;
}
