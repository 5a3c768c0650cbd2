import { CREDENTIALS } from '../credentials.ts';

/** Access tokens of the client credentials grant (RFC 6749, 4.4). */
export class Tokens {
  readonly #expiries = new Map<string, number>();
  readonly #clock: () => number;
  #issued = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  issue(seconds: number): string {
    this.#issued += 1;
    const token = `sandbox-token-${this.#issued}`;
    this.#expiries.set(token, this.#clock() + seconds * 1000);
    return token;
  }

  isValid(token: string): boolean {
    return (this.#expiries.get(token) ?? 0) > this.#clock();
  }

  /** Ends all tokens that were issued. */
  revoke(): void {
    this.#expiries.clear();
  }
}

export type TokenAnswer = {
  readonly status: number;
  readonly body: Readonly<Record<string, string | number>>;
};

/** Answers a token request. `send`: the only place in which the client's secret is accepted. */
export function answerToken(
  tokens: Tokens,
  send: 'body' | 'header',
  request: {
    readonly authorization: string | undefined;
    readonly form: URLSearchParams;
    readonly seconds: number;
  },
): TokenAnswer {
  const { authorization, form, seconds } = request;
  if (form.get('grant_type') !== 'client_credentials')
    return { status: 400, body: { error: 'unsupported_grant_type' } };
  const { clientId, clientSecret } = CREDENTIALS;
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  const isKnown =
    send === 'header'
      ? authorization === basic
      : form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
  if (!isKnown) return { status: 401, body: { error: 'invalid_client' } };
  return {
    status: 200,
    body: { access_token: tokens.issue(seconds), token_type: 'Bearer', expires_in: seconds },
  };
}
