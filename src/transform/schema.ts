import { z } from 'zod';
import type { Resource } from '../model.ts';
import { convert } from './values.ts';

/** What a record becomes: one value a field, under the field's name. */
export type Shaped = Record<string, string | null>;

/**
 * The zod schema of a resource, made from its fields: converts every described field, drops the others, and collects
 * every issue with its field rather than stopping at the first.
 */
export function schemaOf(resource: Resource): z.ZodType<Shaped> {
  const times = resource.isTimeless === true ? [] : [resource.version, resource.cursor];
  const required = new Set([resource.key, ...times, resource.parent?.field]);
  const shape: Record<string, z.ZodType<string | null>> = {};
  for (const field of resource.fields) {
    // Optional: a licence or a $select may lack any field.
    shape[field.name] = z
      .unknown()
      .optional()
      .transform((value, context) => {
        const result = convert(field.type, value);
        if ('value' in result && (result.value !== null || !required.has(field.name))) return result.value;
        context.addIssue('rule' in result ? result.rule : 'is missing');
        return z.NEVER;
      });
  }
  return z.object(shape);
}
