/** A request that reached the sandbox. */
export type SeenRequest = {
  at: number;
  kind: 'token' | 'data' | 'metadata' | 'control';
  method: string;
  path: string;
  query: Record<string, string>;
  resource?: string;
  /** 0 as long as there is no answer, and where there never is one. */
  status: number;
};
