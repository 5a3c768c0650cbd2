/** What the sandbox accepts, always the same. */
export const CREDENTIALS = {
  /** Of `bearer`, `header`, `query`, and of the endpoints like those of public data. */
  key: 'sandbox-key',
  /** The header of `header`. */
  keyHeader: 'X-Api-Key',
  /** The query parameter of `query`. */
  keyParam: 'api_key',
  user: 'sandbox-user',
  password: 'sandbox-password',
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
} as const;
