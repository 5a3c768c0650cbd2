/** Every command that reads checks this first. */
export { hasTables } from '../db/migrate.ts';
