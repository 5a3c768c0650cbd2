import type { FieldType } from '../../../dataset/dataset.ts';
import { parsePreciseInstant } from '../instant.ts';
import { QueryError } from './error.ts';
import type { Comparable } from './expression.ts';
import type { Token } from './tokens.ts';

/** The kind of a field's values in filters. */
export type ValueKind = 'text' | 'number' | 'boolean' | 'date' | 'instant';

/** The kind of a field type. */
export function kindOf(type: FieldType): ValueKind {
  if (type.kind === 'integer' || type.kind === 'bigint' || type.kind === 'decimal') return 'number';
  if (type.kind === 'boolean' || type.kind === 'date') return type.kind;
  return type.kind === 'timestamp' ? 'instant' : 'text';
}

/** Parses a literal that is compared with a field of this kind. */
export function parseLiteral(token: Token, kind: ValueKind): Comparable {
  if (token.kind === 'word' && token.value === 'null') return null;
  if (kind === 'boolean' && token.kind === 'word' && /^(?:true|false)$/.test(token.value))
    return token.value === 'true';
  if (kind === 'number' && token.kind === 'number') return Number(token.value);
  if (kind === 'text' && token.kind === 'text') return token.value;
  if (kind === 'date' && token.kind === 'date') return token.value;
  if (kind === 'instant' && token.kind === 'instant') return parseInstantLiteral(token.value);
  if (kind === 'instant' && token.kind === 'date') return parseInstantLiteral(`${token.value}T00:00:00Z`);
  throw new QueryError(
    `A binary operator with incompatible types was detected: ${kind} and '${token.value}' (${token.kind}).`,
  );
}

function parseInstantLiteral(text: string): number {
  const at = parsePreciseInstant(text);
  if (at === undefined) throw new QueryError(`Unrecognized 'Edm.DateTimeOffset' literal '${text}'.`);
  return at;
}
