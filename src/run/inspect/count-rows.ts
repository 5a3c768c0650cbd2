/** For commands, which may not import `load`. */
export { countRows } from '../../load/count.ts';
