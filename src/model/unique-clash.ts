/** The rule of records that one of the user's unique indexes rejects. The other record may change, so each run retries them. */
export const UNIQUE_CLASH = 'another record has its value in a unique index that trestle-etl did not make';
