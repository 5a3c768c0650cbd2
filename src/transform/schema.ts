import * as z from '../lib/zod.ts';
import { essentialFields } from '../dataset/essential.ts';
import type { FieldIssue } from '../model/field-issue.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Converted } from './converted.ts';
import { formatValue, truncateValue } from './format-value.ts';
import { convertValue } from './values.ts';
import { hasParentVersion, parentLink, timeFields } from '../dataset/reading.ts';

/** A converted record: one value per field name, and the fields whose value differs from what was sent. */
export type ShapedRecord = {
  readonly values: Readonly<Record<string, string | null>>;
  readonly issues: readonly FieldIssue[];
};

const anyRecord = z.custom<Readonly<Record<string, unknown>>>(
  (record) => typeof record === 'object' && record !== null && !Array.isArray(record),
  'is not a JSON object',
);

/**
 * Creates the zod schema of a dataset: it converts every field of the dataset and drops all others. A record fails if an
 * essential field cannot be stored exactly; every issue is collected with its field. The whole record is one step: with a schema
 * per field, zod would take four times as long as the conversions.
 */
export function createSchema(dataset: Dataset): z.ZodType<ShapedRecord> {
  const times = hasParentVersion(dataset) ? [] : timeFields(dataset);
  const required = new Set([dataset.key, ...times, parentLink(dataset)?.field]);
  const essential = essentialFields(dataset);
  const fields = dataset.fields.map(({ name, type }) => ({
    name,
    type,
    isRequired: required.has(name),
    isFatal: createFatalCheck(dataset, essential.has(name)),
  }));
  const blank: Record<string, string | null> = Object.fromEntries(fields.map(({ name }) => [name, null]));
  return anyRecord.transform((record, context) => {
    const values = { ...blank };
    const issues: FieldIssue[] = [];
    // A licence or a $select may omit any field except those that a row cannot exist without.
    for (const { name, type, isRequired, isFatal } of fields) {
      const result = convertValue(type, record[name]);
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
        issues.push({ field: name, rule, action, value: truncateValue(formatValue(record[name])) });
    }
    return { values, issues };
  });
}

/** Creates the check for deviations that reject a record: any with STRICT_FIELDS; in essential fields, all but rounding noise. */
function createFatalCheck({ isStrict }: Dataset, isEssential: boolean): (result: Converted) => boolean {
  if (isStrict === true) return ({ rule }) => rule !== undefined;
  if (!isEssential) return () => false;
  return ({ rule, isNoise }) => rule !== undefined && isNoise !== true;
}
