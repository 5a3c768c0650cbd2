import type { Archive } from '../../model/archive.ts';

/** An archive that tables need, and the place of its copy. */
export type Wanted = {
  readonly name: string;
  readonly year: number;
  readonly url: string;
  readonly file: string;
};

/** An archive on this machine, or one that did not change. */
export type Found = Archive & { readonly isChanged: boolean; readonly file: string };
