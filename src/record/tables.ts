/** Every command that reads checks this first. */
export { hasTables, readSchemaState } from '../db/migrate.ts';
