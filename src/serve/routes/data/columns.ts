import type { Column } from '../../list/column.ts';

/** The columns of an item. */
export const ITEM_COLUMNS: readonly Column[] = [
  { name: 'id', kind: 'integer', help: 'Number of the row.', isKey: true },
  { name: 'source_type', kind: 'text', help: 'api, csv or rss.', isKey: true },
  { name: 'source_name', kind: 'text', help: 'The name of the source in sources.yaml.', isKey: true },
  { name: 'external_id', kind: 'text', help: 'The id that the source gives the record.', isKey: true },
  { name: 'title', kind: 'text', help: 'Plain text, at most 500 characters.' },
  { name: 'description', kind: 'text', help: 'Plain text, or HTML if the source is set to keep it.' },
  { name: 'category', kind: 'text', help: 'Category of the item.' },
  {
    name: 'url',
    kind: 'text',
    help: 'Address of the item. It comes from the source: check its scheme before you link to it.',
  },
  {
    name: 'amount',
    kind: 'decimal',
    help: 'An exact amount: a number, or text if a double would change it.',
  },
  { name: 'quantity', kind: 'integer', help: 'A whole number.' },
  {
    name: 'metadata',
    sql: 'CAST(metadata AS CHAR)',
    kind: 'json',
    help: 'Other fields that the source maps.',
  },
  { name: 'published_at', kind: 'instant', help: 'When the source published it; null if unknown.' },
  { name: 'first_seen_at', kind: 'instant', help: 'When it was first stored.' },
  { name: 'updated_at', kind: 'instant', help: 'When its content last changed.', isKey: true },
  { name: 'deleted_at', kind: 'instant', help: 'When a complete read no longer had it; null: it exists.' },
];
