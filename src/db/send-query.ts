/** Sends a statement as text. @returns its rows, if it has any. */
export type SendQuery = (sql: string) => Promise<readonly unknown[]>;
