import { z } from 'zod';
import type { Resource } from '../model.ts';
import { convert } from './values.ts';

/** What a record becomes: one value a field, under the field's name. */
export type Shaped = Record<string, string | null>;

const anyRecord = z.custom<Readonly<Record<string, unknown>>>(
  (record) => typeof record === 'object' && record !== null && !Array.isArray(record),
  'is no JSON object',
);

/**
 * The zod schema of a resource, made from its fields: converts every described field, drops the others, and collects
 * every issue with its field rather than stopping at the first. One step for the whole record: a schema a field would cost
 * zod four times what the conversions do.
 */
export function schemaOf(resource: Resource): z.ZodType<Shaped> {
  const times = resource.isTimeless === true ? [] : [resource.version, resource.cursor];
  const required = new Set([resource.key, ...times, resource.parent?.field]);
  const fields = resource.fields.map(({ name, type }) => ({ name, type, isRequired: required.has(name) }));
  const blank: Shaped = Object.fromEntries(fields.map(({ name }) => [name, null]));
  return anyRecord.transform((record, context) => {
    const shaped = { ...blank };
    // Nothing is required of a licence or a $select but what a row can't do without.
    for (const { name, type, isRequired } of fields) {
      const result = convert(type, record[name]);
      if ('value' in result && (result.value !== null || !isRequired)) shaped[name] = result.value;
      else {
        const message = 'rule' in result ? result.rule : 'is missing';
        context.addIssue({ code: 'custom', message, path: [name], input: record });
      }
    }
    return shaped;
  });
}
