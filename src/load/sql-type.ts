import { type FieldType, MAX_KEY_LENGTH } from '../dataset/dataset.ts';

/** Formats a column type as MySQL 8 prints it. */
export function sqlType(type: FieldType): string {
  switch (type.kind) {
    case 'key':
      return `varchar(${MAX_KEY_LENGTH})`;
    case 'string':
      return `varchar(${type.length})`;
    case 'text':
      return 'text';
    case 'longtext':
      return 'mediumtext';
    case 'integer':
      return 'int';
    case 'bigint':
      return 'bigint';
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'boolean':
      return 'tinyint(1)';
    case 'date':
      return 'date';
    case 'timestamp':
      return 'datetime(3)';
  }
}
