/** For commands, which write nothing themselves. */
export { deleteRejects as purgeRejects } from '../../record/import-reject.ts';
