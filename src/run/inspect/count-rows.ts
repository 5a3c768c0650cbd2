/** For commands, which do not know `load`. */
export { countRows } from '../../load/count.ts';
