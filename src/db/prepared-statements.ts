/**
 * Prepared statements that a connection keeps; the least recently used one is closed. A page is stored with fewer than 20.
 * mysql2 keeps a description of each parameter: a statement for 100 rows of 80 columns takes 2 MB, and each number of rows is
 * a separate statement.
 */
export const MAX_PREPARED_STATEMENTS = 32;
