/** The source whose locks, usage and rows have no source in their names: released versions had no other. */
export const FIRST_SOURCE = 'trestle';
