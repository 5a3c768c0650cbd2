/** What this machine has left, in bytes. */
export type Capacity = {
  readonly disks: readonly { readonly path: string; readonly free: number }[];
  readonly memory: number;
};
