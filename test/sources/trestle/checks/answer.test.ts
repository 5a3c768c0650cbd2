import { describe, expect, test } from 'vitest';
import {
  BusyError,
  ConfigError,
  CredentialsError,
  type ErrorCode,
  type EtlError,
  FatalError,
  UnavailableError,
} from '../../../../src/errors.ts';
import { stageOf } from '../../../../src/sources/trestle/checks/answer.ts';

const unavailable = (message: string, code: ErrorCode | undefined, op = 'GET'): EtlError =>
  new UnavailableError(message, { op, code });

describe('how far a request came', () => {
  test.each<[string, EtlError]>([
    ['address', unavailable('unknown name', 'unknown-host')],
    ['address', unavailable('unknown name, at the sign-in', 'unknown-host', 'sign-in')],
    ['connection', unavailable('refused', 'no-connection')],
    ['connection', unavailable('refused at the sign-in', 'no-connection', 'sign-in')],
    ['connection', unavailable('expired certificate', 'tls-failed')],
    ['connection', unavailable('proxy', 'proxy-failed')],
    ['sign-in', unavailable('the sign-in answered 503', undefined, 'sign-in')],
    ['sign-in', new CredentialsError('refused credentials', { op: 'sign-in' })],
    ['sign-in', new ConfigError('not a token endpoint', { op: 'sign-in' })],
    ['answer', new ConfigError('refused query', { op: 'GET' })],
    ['answer', unavailable('ENOTFOUND: CERT: a 503 whose text looks like a failed connection', undefined)],
    ['answer', new FatalError('a page out of order', { op: 'page' })],
    ['quota', new BusyError("the hour's quota", { op: 'quota', code: 'hour-quota' })],
    ['quota', new BusyError('429', { op: 'GET' })],
  ])('is the %s for %s', (stage, error) => {
    expect(stageOf({ error })).toBe(stage);
  });

  test('is the answer if there is one', () => {
    expect(stageOf({ records: 1 })).toBe('answer');
  });
});
