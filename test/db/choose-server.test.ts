import { beforeEach, describe, expect, test } from 'vitest';
import { type Candidate, createServerChooser } from '../../src/db/choose-server.ts';
import { CredentialsError, UnavailableError } from '../../src/errors.ts';

type State = 'writes' | 'read only' | 'down' | 'refuses';

/** Connects to a server, examines it, or drops a connection. */
let calls: string[] = [];

beforeEach(() => {
  calls = [];
});

function servers(states: Record<string, State>): Candidate<string>[] {
  return Object.keys(states).map((name) => ({
    name,
    connect: async () => {
      calls.push(`connect ${name}`);
      if (states[name] === 'down') throw new UnavailableError('no connection', { op: 'connect' });
      if (states[name] === 'refuses') throw new CredentialsError('wrong password', { op: 'connect' });
      return `to ${name}`;
    },
    examine: async () => {
      calls.push(`examine ${name}`);
      return states[name] === 'read only' ? 'read only (read_only)' : undefined;
    },
    drop: () => void calls.push(`drop ${name}`),
  }));
}

describe('several servers', () => {
  test('the first one that takes writes is used, and again', async () => {
    const { take } = createServerChooser(servers({ a: 'down', b: 'read only', c: 'writes', d: 'writes' }));
    expect(await take('write')).toEqual({ connection: 'to c', server: 'c' });
    expect(calls).toEqual(['connect a', 'connect b', 'examine b', 'drop b', 'connect c', 'examine c']);
    calls = [];
    expect(await take('write')).toMatchObject({ server: 'c' });
    expect(await take('read')).toMatchObject({ server: 'c' });
    expect(calls).toEqual(['connect c', 'examine c', 'connect c']);
  });

  test('the next one is used when it takes no more writes, and the first one is not preferred when it is back', async () => {
    const states: Record<string, State> = { a: 'writes', b: 'read only', c: 'writes' };
    const { take } = createServerChooser(servers(states));
    expect(await take('write')).toMatchObject({ server: 'a' });
    states['a'] = 'read only';
    expect(await take('write')).toMatchObject({ server: 'c' });
    states['a'] = 'writes';
    expect(await take('write')).toMatchObject({ server: 'c' });
    states['c'] = 'down';
    expect(await take('write')).toMatchObject({ server: 'a' });
  });

  test('a server is examined again for reads after a statement found it unavailable', async () => {
    const states: Record<string, State> = { a: 'writes', b: 'writes' };
    const { take, distrust } = createServerChooser(servers(states));
    await take('write');
    states['a'] = 'read only';
    expect(await take('read')).toMatchObject({ server: 'a' });
    distrust();
    expect(await take('read')).toMatchObject({ server: 'b' });
  });

  test('reads take one that is read only if no other can be used', async () => {
    const states: Record<string, State> = { a: 'down', b: 'read only', c: 'read only' };
    const { take } = createServerChooser(servers(states));
    expect(await take('read')).toEqual({ connection: 'to b', server: 'b' });
    expect(calls.filter((call) => call.startsWith('drop'))).toEqual(['drop c']);
    states['c'] = 'writes';
    expect(await take('read')).toMatchObject({ server: 'c' });
    expect(calls.filter((call) => call.startsWith('drop'))).toEqual(['drop c', 'drop b']);
  });

  test('the error names each server with its reason, and doctor', async () => {
    const { take } = createServerChooser(servers({ a: 'down', b: 'read only' }));
    const error = await take('write').catch((reason: unknown) => reason as UnavailableError);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({
      exitCode: 69,
      message: expect.stringMatching(/a: no connection; b: read only \(read_only\)/) as string,
      hint: expect.stringContaining('trestle-etl doctor') as string,
    });
  });

  test('an error that the user has to fix ends the search', async () => {
    const { take } = createServerChooser(servers({ a: 'refuses', b: 'writes' }));
    await expect(take('write')).rejects.toBeInstanceOf(CredentialsError);
  });
});

test('a single server is used even if it is read only, and its own error is thrown', async () => {
  const states: Record<string, State> = { a: 'read only' };
  const { take } = createServerChooser(servers(states));
  expect(await take('write')).toEqual({ connection: 'to a', server: 'a' });
  states['a'] = 'down';
  await expect(take('write')).rejects.toThrow('no connection');
});
