/** A request that reached the sandbox. */
export type SeenRequest = {
  at: number;
  kind: 'token' | 'data' | 'metadata' | 'control' | 'file' | 'cdn';
  method: string;
  path: string;
  query: Record<string, string>;
  resource?: string;
  /** The media key of a requested file, and whether the request had a token. */
  file?: { key: string; hasToken: boolean };
  /** 0 until the request is answered; stays 0 if it never is. */
  status: number;
};
