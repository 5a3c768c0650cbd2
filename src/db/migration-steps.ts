import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** `sql/` is next to `src/` in the checkout and next to `dist/` in the package. */
const FOLDER = fileURLToPath(new URL('../../sql/', import.meta.url));

/** Captures the name of the table or view that one of our statements creates. */
export const CREATED_NAME = /^CREATE (?:TABLE IF NOT EXISTS|SQL SECURITY INVOKER VIEW) (\w+)/;

/** Captures the name of the view of an earlier step that one of our statements replaces. */
export const REPLACED_NAME = /^CREATE OR REPLACE SQL SECURITY INVOKER VIEW (\w+)/;

/** Creates the table of applied steps. */
export const CREATE_VERSIONS_TABLE =
  'CREATE TABLE IF NOT EXISTS etl_schema_version (version INT NOT NULL, name VARCHAR(255) NOT NULL, ' +
  'started_at DATETIME(3) NOT NULL, applied_at DATETIME(3) NULL, PRIMARY KEY (version)) ' +
  'ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci';

/** A file in `sql/`. */
export type MigrationStep = {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
};

let steps: readonly MigrationStep[] | undefined;

/** Reads `sql/` once: a run needs its steps several times. */
export function readSteps(): readonly MigrationStep[] {
  steps ??= readFolder();
  return steps;
}

function readFolder(): MigrationStep[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort()
    .map((name) => ({
      version: Number(name.slice(0, 4)),
      name,
      statements: splitStatements(readFileSync(`${FOLDER}${name}`, 'utf8')),
    }));
}

/** Our own files only: comments have separate lines, and a statement ends with `;` at the end of a line. */
function splitStatements(sql: string): string[] {
  return sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
