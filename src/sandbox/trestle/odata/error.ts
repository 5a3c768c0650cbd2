/** A query that the server refuses: answered with its status and an OData error. */
export class QueryError extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.name = 'QueryError';
    this.status = status;
  }
}

/** Refuses a field that the licence lets nobody filter or order by. */
export function checkNotSuppressed(
  name: string,
  { name: set, suppressed }: { readonly name: string; readonly suppressed?: ReadonlySet<string> },
): void {
  if (suppressed?.has(name) === true)
    throw new QueryError(`Property '${name}' of '${set}' has been suppressed for filtering and ordering.`);
}

/** A field that the licence's metadata doesn't have. */
export function notInMetadataError(name: string, set: string): QueryError {
  return new QueryError(`Property '${name}' of '${set}' is not in metadata.`);
}
