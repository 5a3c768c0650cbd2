import type { Additions } from '../../dataset/addition.ts';
import type { RunTools } from '../active-run.ts';

/** The dependencies of column changes. */
export type ColumnTools = {
  readonly run: RunTools;
  /** The file that names the user's own columns. */
  readonly file: {
    read(): Additions;
    write(additions: Additions): void;
  };
};
