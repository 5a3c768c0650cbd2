import * as z from '../lib/zod.ts';

/** The parts of a JSON Schema that allow keys. */
type KeySchema = {
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly additionalProperties?: KeySchema | boolean;
  readonly items?: KeySchema;
  readonly anyOf?: readonly KeySchema[];
  readonly oneOf?: readonly KeySchema[];
};

/** Lists the keys that a map at this path may have, in any of its forms. */
export function listKnownKeys(type: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const schema = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as KeySchema;
  const found = path.reduce<readonly KeySchema[]>(
    (forms, key) => forms.flatMap((form) => listForms(stepInto(form, key))),
    listForms(schema),
  );
  return [...new Set(found.flatMap(({ properties = {} }) => Object.keys(properties)))];
}

function listForms(schema: KeySchema | boolean | undefined): KeySchema[] {
  if (typeof schema !== 'object') return [];
  return [schema, ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(listForms)];
}

function stepInto(
  { properties = {}, additionalProperties, items }: KeySchema,
  key: PropertyKey,
): KeySchema | boolean | undefined {
  if (typeof key === 'number') return items;
  const name = String(key);
  return Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
}
