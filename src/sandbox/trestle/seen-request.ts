/** A request that reached the sandbox. */
export type SeenRequest = {
  at: number;
  kind: 'token' | 'data' | 'metadata' | 'control';
  method: string;
  path: string;
  query: Record<string, string>;
  resource?: string;
  /** 0 until the request is answered; stays 0 if it never is. */
  status: number;
};
