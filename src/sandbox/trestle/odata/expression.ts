export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** A value in a comparison: instants as milliseconds, dates as text. */
export type Comparable = string | number | boolean | null;

/** A parsed filter. */
export type Expression =
  | { readonly kind: 'and'; readonly of: readonly Expression[] }
  | { readonly kind: 'or'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly test: ComparisonOperator;
      readonly value: Comparable;
    }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly Comparable[] }
  | {
      readonly kind: 'contains' | 'startswith' | 'endswith';
      readonly field: string;
      readonly part: string;
    };
