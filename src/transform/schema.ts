import * as z from '../lib/zod.ts';
import { essentialFields } from '../dataset/essential.ts';
import type { FieldIssue } from '../model/field-issue.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Converted } from './converted.ts';
import { printed, shorten } from './printed.ts';
import { convert } from './values.ts';
import { hasParentVersion, parentLink, timeFields } from '../dataset/reading.ts';

/** What a record becomes: one value a field under the field's name, and the fields that do not hold what was sent. */
export type Shaped = {
  readonly values: Readonly<Record<string, string | null>>;
  readonly issues: readonly FieldIssue[];
};

const anyRecord = z.custom<Readonly<Record<string, unknown>>>(
  (record) => typeof record === 'object' && record !== null && !Array.isArray(record),
  'is no JSON object',
);

/**
 * The zod schema of a resource, made from its fields: converts every described field and drops the others. An essential
 * field that cannot be stored exactly fails the record; every issue is collected with its field. One step for the whole
 * record: a schema a field would cost zod four times what the conversions do.
 */
export function schemaOf(dataset: Dataset): z.ZodType<Shaped> {
  const times = hasParentVersion(dataset) ? [] : timeFields(dataset);
  const required = new Set([dataset.key, ...times, parentLink(dataset)?.field]);
  const essential = essentialFields(dataset);
  const fields = dataset.fields.map(({ name, type }) => ({
    name,
    type,
    isRequired: required.has(name),
    isFatal: fatality(dataset, essential.has(name)),
  }));
  const blank: Record<string, string | null> = Object.fromEntries(fields.map(({ name }) => [name, null]));
  return anyRecord.transform((record, context) => {
    const values = { ...blank };
    const issues: FieldIssue[] = [];
    // Nothing is required of a licence or a $select but what a row can't do without.
    for (const { name, type, isRequired, isFatal } of fields) {
      const result = convert(type, record[name]);
      if (isFatal(result) || (isRequired && result.value === null)) {
        context.addIssue({
          code: 'custom',
          message: result.rule ?? 'is missing',
          path: [name],
          input: record,
        });
        continue;
      }
      values[name] = result.value;
      const { rule, action } = result;
      if (rule !== undefined && action !== undefined)
        issues.push({ field: name, rule, action, value: shorten(printed(record[name])) });
    }
    return { values, issues };
  });
}

/** Whether a deviation costs the record: any with STRICT_FIELDS, in an essential field all but a double's noise. */
function fatality({ isStrict }: Dataset, isEssential: boolean): (result: Converted) => boolean {
  if (isStrict === true) return ({ rule }) => rule !== undefined;
  if (!isEssential) return () => false;
  return ({ rule, isNoise }) => rule !== undefined && isNoise !== true;
}
