/** Free disk space and memory of this machine, in bytes. */
export type Capacity = {
  readonly disks: readonly { readonly path: string; readonly free: number }[];
  readonly memory: number;
};
