import { listFields } from './listing.mjs';

/** @type {Readonly<Record<string, string>>} */
const EDM_TYPES = {
  integer: 'Type="Edm.Int32"',
  boolean: 'Type="Edm.Boolean"',
  date: 'Type="Edm.Date"',
  timestamp: 'Type="Edm.DateTimeOffset"',
};

/** Returns the feed's $metadata. @param {readonly import('./listing.mjs').Field[]} own */
export function formatMetadata(own) {
  const properties = listFields(own).map(({ name, type }) => {
    const { precision, scale, length } = type;
    const known =
      type.kind === 'decimal' ? `Type="Edm.Decimal" Precision="${precision}" Scale="${scale}"` : undefined;
    const limit = length === undefined ? '' : ` MaxLength="${length}"`;
    return `<Property Name="${name}" ${known ?? EDM_TYPES[type.kind] ?? `Type="Edm.String"${limit}`}/>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Bench" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="Property"><Key><PropertyRef Name="ListingKey"/></Key>${properties.join('\n')}</EntityType>
<EntityContainer Name="Container"><EntitySet Name="Property" EntityType="Bench.Property"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`;
}
