declare module '@20minutes/s3rver' {
  import type { RequestListener } from 'node:http';

  export default class S3rver {
    constructor(options: { silent: boolean; directory: string; vhostBuckets: boolean });
    callback(): RequestListener;
    readonly store: { putBucket(name: string): Promise<void>; deleteBucket(name: string): Promise<void> };
    readonly logger: { exceptions: { unhandle(): void }; close(): void };
  }
}
