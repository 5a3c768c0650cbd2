import { describe, expect, test } from 'vitest';
import {
  BusyError,
  ConfigError,
  CredentialsError,
  type EtlError,
  FatalError,
  UnavailableError,
} from '../../../../src/errors.ts';
import { stageOf } from '../../../../src/sources/trestle/checks/answer.ts';

const away = (message: string, op = 'GET'): EtlError => new UnavailableError(message, { op });

describe('how far a request came', () => {
  test.each<[string, EtlError]>([
    ['address', away('api.x: ENOTFOUND getaddrinfo ENOTFOUND api.x (given up after 1 try)', 'POST')],
    ['address', away('api.x: EAI_AGAIN getaddrinfo EAI_AGAIN api.x (given up after 1 try)')],
    ['connection', away('api.x: ECONNREFUSED connect ECONNREFUSED 1.2.3.4:443 (given up after 1 try)')],
    ['connection', away('api.x: DEPTH_ZERO_SELF_SIGNED_CERT self-signed certificate (given up after 1 try)')],
    ['connection', away('api.x: CERT_HAS_EXPIRED certificate has expired (given up after 1 try)')],
    [
      'connection',
      away('api.x: ERR_TLS_CERT_ALTNAME_INVALID Hostname does not match (given up after 1 try)'),
    ],
    ['connection', away('api.x: no whole answer within 30 s (given up after 1 try)')],
    ['sign-in', away('the sign-in answered 503 (given up after 1 try)', 'sign-in')],
    ['sign-in', new CredentialsError('the API refused the credentials (400 from x)', { op: 'sign-in' })],
    ['sign-in', new ConfigError('https://x answered 404: it is no token endpoint', { op: 'sign-in' })],
    ['answer', new ConfigError('/Property answered 400: The field X is not in metadata', { op: 'GET' })],
    ['answer', away('/Property answered 503: ERROR in service (given up after 1 try)')],
    ['answer', new FatalError('Property: the server did not send a page in order', { op: 'page' })],
    ['quota', new BusyError("the hour's quota is spent for 3 min 0 s", { op: 'quota' })],
  ])('is the %s for %s', (stage, error) => {
    expect(stageOf({ error })).toBe(stage);
  });

  test('is the answer where there is one', () => {
    expect(stageOf({ records: 1 })).toBe('answer');
  });
});
