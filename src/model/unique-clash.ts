/**
 * The rule of quarantined records that a unique index of the user's own keeps out. The other record may change, so each run
 * tries them again.
 */
export const UNIQUE_CLASH = 'another record has its value in a unique index that trestle-etl did not make';
