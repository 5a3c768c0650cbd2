import type { FieldType } from '../../../dataset/dataset.ts';
import { instantOf } from '../instant.ts';
import { QueryError } from './error.ts';
import type { Comparable } from './expression.ts';
import type { Token } from './tokens.ts';

/** What a field's values are, to the filter. */
export type Kind = 'text' | 'number' | 'boolean' | 'date' | 'instant';

/** The filter's view of a field type. */
export function kindOf(type: FieldType): Kind {
  if (type.kind === 'integer' || type.kind === 'bigint' || type.kind === 'decimal') return 'number';
  if (type.kind === 'boolean' || type.kind === 'date') return type.kind;
  return type.kind === 'timestamp' ? 'instant' : 'text';
}

/** The value of a literal that is compared with a field of this kind. */
export function literal(token: Token, kind: Kind): Comparable {
  if (token.kind === 'word' && token.value === 'null') return null;
  if (kind === 'boolean' && token.kind === 'word' && /^(?:true|false)$/.test(token.value))
    return token.value === 'true';
  if (kind === 'number' && token.kind === 'number') return Number(token.value);
  if (kind === 'text' && token.kind === 'text') return token.value;
  if (kind === 'date' && token.kind === 'date') return token.value;
  if (kind === 'instant' && token.kind === 'instant') return moment(token.value);
  if (kind === 'instant' && token.kind === 'date') return moment(`${token.value}T00:00:00Z`);
  throw new QueryError(
    `A binary operator with incompatible types was detected: ${kind} and '${token.value}' (${token.kind}).`,
  );
}

function moment(text: string): number {
  const at = instantOf(text);
  if (at === undefined) throw new QueryError(`Unrecognized 'Edm.DateTimeOffset' literal '${text}'.`);
  return at;
}
