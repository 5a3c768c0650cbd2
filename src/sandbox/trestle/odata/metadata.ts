import type { FieldType } from '../../../dataset/dataset.ts';
import { childrenOf, type EntitySet, sets } from '../sets.ts';

/** Writes the service's `$metadata` with these sets. */
export function writeMetadata(all: readonly EntitySet[], namespace: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema Namespace="${namespace}" xmlns="http://docs.oasis-open.org/odata/ns/edm">
${all.map((set) => writeEntityType(set, all, namespace)).join('\n')}
    </Schema>
    <Schema Namespace="Default" xmlns="http://docs.oasis-open.org/odata/ns/edm">
      <EntityContainer Name="Container">
${all.map(({ name }) => `        <EntitySet Name="${name}" EntityType="${namespace}.${name}" />`).join('\n')}
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>
`;
}

/** Describes the service's `DataSystem`, which lists its resources. */
export function describeDataSystem(root: string, without: readonly string[] = []): object {
  return {
    '@odata.context': `${root}/$metadata#DataSystem`,
    value: [
      {
        ID: 'Sandbox',
        Name: 'Trestle sandbox',
        ServiceURI: root,
        DataDictionaryVersion: '2.0',
        Resources: [...sets.keys()]
          .filter((name) => !without.includes(name))
          .map((name) => ({ ResourcePath: `/${name}`, Name: name })),
      },
    ],
  };
}

function writeEntityType(set: EntitySet, all: readonly EntitySet[], namespace: string): string {
  const fields = [...set.fields].map(
    ([name, type]) =>
      `        <Property Name="${name}" ${writeEdmType(name, type)}${name === set.key ? ' Nullable="false"' : ''} />`,
  );
  const links = childrenOf(set)
    .filter(({ name }) => all.some((other) => other.name === name))
    .map(
      ({ name, parent }) =>
        `        <NavigationProperty Name="${parent!.link}" Type="Collection(${namespace}.${name})" />`,
    );
  return [
    `      <EntityType Name="${set.name}">`,
    `        <Key><PropertyRef Name="${set.key}" /></Key>`,
    ...fields,
    ...links,
    '      </EntityType>',
  ].join('\n');
}

function writeEdmType(name: string, type: FieldType): string {
  switch (type.kind) {
    case 'key':
      return 'Type="Edm.String" MaxLength="255"';
    case 'string':
      return `Type="Edm.String" MaxLength="${type.length}"`;
    case 'text':
      return 'Type="Edm.String" MaxLength="8000"';
    case 'longtext':
      return 'Type="Edm.String" MaxLength="12000"';
    case 'integer':
      return `Type="${name.endsWith('Numeric') ? 'Edm.Int64' : 'Edm.Int32'}"`;
    case 'bigint':
      return 'Type="Edm.Int64"';
    case 'decimal':
      return `Type="Edm.Decimal" Precision="${type.precision}" Scale="${type.scale}"`;
    case 'boolean':
      return 'Type="Edm.Boolean"';
    case 'date':
      return 'Type="Edm.Date"';
    case 'timestamp':
      return 'Type="Edm.DateTimeOffset" Precision="27"';
    default:
      throw new TypeError('a field type without an Edm type');
  }
}
