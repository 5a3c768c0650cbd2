import type { EntitySet } from '../sets.ts';
import { notInMetadataError, QueryError, checkNotSuppressed } from './error.ts';
import type { Expression, ComparisonOperator } from './expression.ts';
import { type ValueKind, kindOf, parseLiteral } from './literal.ts';
import { type Token, tokenize } from './tokens.ts';

const FLIPPED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  eq: 'eq',
  ne: 'ne',
  gt: 'lt',
  ge: 'le',
  lt: 'gt',
  le: 'ge',
};

const LITERALS = new Set(['true', 'false', 'null']);

/** Parses a `$filter` for a set. Precedence: `not`, comparison, `and`, `or`. */
export function parseFilter(text: string, set: EntitySet): Expression {
  if (/\/(?:any|all)\s*\(/.test(text.replaceAll(/'(?:[^']|'')*'/g, "''")))
    throw new QueryError('Lambda filters are not supported.');
  const parser = new Parser(tokenize(text), set);
  const expression = parser.or();
  parser.end();
  return expression;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #set: EntitySet;
  #at = 0;

  constructor(tokens: readonly Token[], set: EntitySet) {
    this.#tokens = tokens;
    this.#set = set;
  }

  or(): Expression {
    return this.#chain('or', () => this.#chain('and', () => this.#unary()));
  }

  end(): void {
    const left = this.#tokens[this.#at];
    if (left !== undefined) throw new QueryError(`Syntax error in $filter at '${left.value}'.`);
  }

  #chain(kind: 'and' | 'or', part: () => Expression): Expression {
    const first = part();
    const of = [first];
    while (this.#skipWord(kind)) of.push(part());
    return of.length === 1 ? first : { kind, of };
  }

  #unary(): Expression {
    if (this.#skipWord('not')) return { kind: 'not', of: this.#unary() };
    if (!this.#skip('(')) return this.#comparison();
    const inner = this.or();
    this.#expect(')');
    return inner;
  }

  #comparison(): Expression {
    const token = this.#take();
    if (token.kind !== 'word' || LITERALS.has(token.value)) return this.#literalFirst(token);
    const name = token.value;
    if (name === 'contains' || name === 'startswith' || name === 'endswith') return this.#call(name);
    if (name.includes('/')) throw new QueryError('Paths are not supported in $filter.');
    const kind = this.#kind(name);
    if (this.#skipWord('in')) return { kind: 'in', field: name, values: this.#list(kind) };
    const test = this.#test();
    if (test !== undefined)
      return { kind: 'compare', field: name, test, value: parseLiteral(this.#take(), kind) };
    if (kind !== 'boolean') throw new QueryError(`The $filter '${name}' is not a boolean expression.`);
    return { kind: 'compare', field: name, test: 'eq', value: true };
  }

  #literalFirst(token: Token): Expression {
    const test = this.#test();
    const field = test && this.#take();
    if (test === undefined || field?.kind !== 'word')
      throw new QueryError(`Syntax error in $filter at '${token.value}'.`);
    const value = parseLiteral(token, this.#kind(field.value));
    return { kind: 'compare', field: field.value, test: FLIPPED[test], value };
  }

  #call(kind: 'contains' | 'startswith' | 'endswith'): Expression {
    this.#expect('(');
    const field = this.#take().value;
    this.#expect(',');
    const part = parseLiteral(this.#take(), this.#kind(field));
    this.#expect(')');
    if (typeof part !== 'string') throw new QueryError(`${kind} needs a string.`);
    return { kind, field, part };
  }

  #list(kind: ValueKind): (string | number | boolean | null)[] {
    this.#expect('(');
    const values = [parseLiteral(this.#take(), kind)];
    while (this.#skip(',')) values.push(parseLiteral(this.#take(), kind));
    this.#expect(')');
    return values;
  }

  #kind(name: string): ValueKind {
    const type = this.#set.fields.get(name);
    if (type === undefined) throw notInMetadataError(name, this.#set.name);
    checkNotSuppressed(name, this.#set);
    return kindOf(type);
  }

  #test(): ComparisonOperator | undefined {
    const word = this.#tokens[this.#at];
    if (word?.kind !== 'word' || !isTest(word.value)) return undefined;
    this.#at++;
    return word.value;
  }

  #take(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new QueryError('Unexpected end of $filter.');
    return token;
  }

  #skip(kind: '(' | ')' | ','): boolean {
    if (this.#tokens[this.#at]?.kind !== kind) return false;
    this.#at++;
    return true;
  }

  #skipWord(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || token.value !== word) return false;
    this.#at++;
    return true;
  }

  #expect(kind: '(' | ')' | ','): void {
    if (!this.#skip(kind)) throw new QueryError(`'${kind}' expected in $filter.`);
  }
}

function isTest(word: string): word is ComparisonOperator {
  return Object.hasOwn(FLIPPED, word);
}
