/** Whether there is anything to read: every command that looks asks this first. */
export { hasTables } from '../db/migrate.ts';
