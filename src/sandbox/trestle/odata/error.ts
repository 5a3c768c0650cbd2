/** The server refuses a query: answered with this status and an OData error. */
export class QueryError extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.name = 'QueryError';
    this.status = status;
  }
}

/** Refuses a field that the licence does not allow in filters and orders. */
export function checkNotSuppressed(
  name: string,
  { name: set, suppressed }: { readonly name: string; readonly suppressed?: ReadonlySet<string> },
): void {
  if (suppressed?.has(name) === true)
    throw new QueryError(`Property '${name}' of '${set}' has been suppressed for filtering and ordering.`);
}

/** The error for a field that is not in the licence's metadata. */
export function notInMetadataError(name: string, set: string): QueryError {
  return new QueryError(`Property '${name}' of '${set}' is not in metadata.`);
}
