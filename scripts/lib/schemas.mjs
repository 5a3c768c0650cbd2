/** @typedef {Record<string, unknown>} Schema */

/**
 * Creates the JSON Schemas of the files that users write, by the name of the schema's file.
 * @param {import('./schemas.d.mts').SchemaParts} parts
 * @returns {Readonly<Record<string, Schema>>}
 */
export function createSchemas({ toJSONSchema, sourceId, kinds, layoutFile }) {
  const entries = kinds.map(({ type, entry }) => describeKind(type, toJSONSchema(entry(), { io: 'input' })));
  const [only] = entries;
  return {
    'sources.schema.json': {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'sources.yaml of trestle-etl',
      type: 'object',
      properties: {
        $schema: { type: 'string' },
        sources: {
          description: 'The sources by their names, with which the names of their tables begin',
          type: 'object',
          propertyNames: { pattern: sourceId.source },
          additionalProperties: entries.length === 1 ? only : { oneOf: entries },
        },
      },
      required: ['sources'],
      additionalProperties: false,
    },
    'layout.schema.json': {
      title: 'Layout file of trestle-etl',
      ...toJSONSchema(layoutFile, { io: 'input', reused: 'ref' }),
    },
  };
}

/**
 * Adds to the schema of a kind what entries of every kind have.
 * @param {string} type
 * @param {Schema} schema
 * @returns {Schema}
 */
function describeKind(type, schema) {
  const { properties, required, additionalProperties } = schema;
  return {
    type: 'object',
    properties: {
      type: { description: 'The kind of source', const: type },
      every: {
        description: 'The time between two loads, such as 12h or 7d',
        anyOf: [{ type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*(ms|s|m|h|d)?$' }, { type: 'number' }],
      },
      .../** @type {Schema} */ (properties),
    },
    required: ['type', .../** @type {string[]} */ (required ?? [])],
    additionalProperties,
  };
}

/** The text of a schema's file. @param {Schema} schema */
export function formatSchema(schema) {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
