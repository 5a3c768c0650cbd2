import { createHmac } from 'node:crypto';
import type { SandboxSettings } from '../options.ts';
import { htmlReply, jsonReply, type Reply } from './reply.ts';

/** Issues tokens and checks them. */
export class TokenIssuer {
  readonly #settings: SandboxSettings;
  readonly #expiries = new Map<string, number>();
  #issued = 0;

  constructor(settings: SandboxSettings) {
    this.#settings = settings;
  }

  /** Answers a sign-in. A refusal gives no reason: Trestle answers with a page, not JSON. */
  answer(method: string, contentType: string, body: string): Reply {
    const form = new URLSearchParams(body);
    const good =
      method === 'POST' &&
      contentType.startsWith('application/x-www-form-urlencoded') &&
      form.get('grant_type') === 'client_credentials' &&
      form.get('scope') === 'api' &&
      form.get('client_id') === this.#settings.clientId &&
      form.get('client_secret') === this.#settings.clientSecret;
    if (!good) return htmlReply(400, 'Bad Request');
    const { tokenSeconds } = this.#settings;
    return jsonReply(200, { access_token: this.#issue(), expires_in: tokenSeconds, token_type: 'Bearer' });
  }

  /** Whether a request's Authorization header holds a valid token. */
  accepts(authorization: string | undefined): boolean {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
    const end = token === undefined ? undefined : this.#expiries.get(token);
    return end !== undefined && this.#settings.now() < end;
  }

  revoke(): void {
    this.#expiries.clear();
  }

  #issue(): string {
    const now = this.#settings.now();
    const end = now + this.#settings.tokenSeconds * 1000;
    const claims = {
      iss: 'sandbox',
      client_id: this.#settings.clientId,
      scope: ['api'],
      jti: ++this.#issued,
    };
    const times = { nbf: Math.floor(now / 1000), exp: Math.floor(end / 1000) };
    const text = `${encodePart({ alg: 'HS256', typ: 'at+jwt' })}.${encodePart({ ...claims, ...times })}`;
    const token = `${text}.${createHmac('sha256', 'sandbox').update(text).digest('base64url')}`;
    this.#expiries.set(token, end);
    return token;
  }
}

function encodePart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
