import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CredentialsError } from '../../src/errors.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/trestle/index.ts';
import { type Line, temporaryFolder } from '../helpers/pipeline.ts';
import { allOf, sourceOf } from '../helpers/source.ts';
import { anyText, CASES, listingAt, PATIENCE } from './arbitraries.ts';
import { recordText } from '../../src/transform/scan-record.ts';

type Credentials = { readonly clientId: string; readonly clientSecret: string };

const anyCredentials: fc.Arbitrary<Credentials> = fc.record({
  clientId: anyText.filter((text) => text !== ''),
  clientSecret: anyText.filter((text) => text !== ''),
});

/** Credentials that are not the good ones, though near them at times. */
const wrongs: readonly ((good: Credentials, other: Credentials) => Credentials)[] = [
  (_, other) => other,
  (good, { clientSecret }) => ({ ...good, clientSecret }),
  (good, { clientId }) => ({ ...good, clientId }),
  ({ clientId, clientSecret }) => ({ clientId: clientSecret, clientSecret: clientId }),
  (good) => ({ ...good, clientSecret: `${good.clientSecret} ` }),
  (good) => ({ ...good, clientSecret: good.clientSecret.slice(0, -1) }),
  (good) => ({ ...good, clientSecret: encodeURIComponent(good.clientSecret) }),
  (good) => ({ ...good, clientId: good.clientId.toUpperCase() }),
];

const anyCase = fc
  .tuple(anyCredentials, anyCredentials, fc.constantFrom(...wrongs))
  .map(([good, other, spoil]) => ({ good, wrong: spoil(good, other) }))
  .filter(({ good, wrong }) => JSON.stringify(wrong) !== JSON.stringify({ ...good }));

/** What nobody's credentials can be told from. */
const NOBODY: Credentials = { clientId: 'nobody', clientSecret: 'nothing' };

type Tried = {
  readonly records: readonly string[] | undefined;
  readonly error: unknown;
  readonly lines: readonly Line[];
};

async function attempt(sandbox: Sandbox, folder: string, credentials: Credentials): Promise<Tried> {
  const { source, lines } = sourceOf(
    { base: sandbox.url, tokenUrl: sandbox.tokenUrl, ...credentials },
    { tokenFile: join(folder, 'token.json'), quotaFile: join(folder, 'quota.json') },
  );
  try {
    const pages = await allOf(source.read(property, { cursor: undefined }, new AbortController().signal));
    return { records: pages.flatMap((page) => page.records.map(recordText)), error: undefined, lines };
  } catch (error) {
    return { records: undefined, error, lines };
  }
}

/** Everything that a person or a log gets to see of a refusal, without its time. */
function shown({ error, lines }: Tried): string {
  const { name, message, op, hint, cause } = error as CredentialsError;
  const logged = lines.map(({ data, ...line }) => ({ ...line, data: { ...data, ms: 0 } }));
  return inspect({ name, message, op, hint, cause, logged }, { depth: 10, maxStringLength: Infinity });
}

// Validates: Requirements 1.1
test(
  'Feature: trestle-etl-pipeline, Property 1: Authentication Success and Failure Handling: For any set of API credentials, the authentication process should succeed with valid credentials and fail gracefully with invalid credentials, returning appropriate error messages.',
  async () => {
    const folder = temporaryFolder();
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ good, wrong }) => {
        const sandbox = await startSandbox({ listings: 0, ...good });
        try {
          sandbox.feed.put('Property', listingAt('1', Date.UTC(2025, 0)));
          const calls = (kind: string): number =>
            sandbox.requests.filter((seen) => seen.kind === kind).length;
          const welcome = await attempt(sandbox, folder, good);
          expect(welcome.error).toBeUndefined();
          expect(welcome.records).toHaveLength(1);
          expect([calls('token'), calls('data')]).toEqual([1, 1]);

          // The good token is still in the folder: it must not let others in.
          const refused = await attempt(sandbox, folder, wrong);
          expect(refused.error).toBeInstanceOf(CredentialsError);
          expect(refused.error).toMatchObject({
            exitCode: 77,
            message: expect.stringMatching(/refused the credentials.*400/),
            hint: expect.stringMatching(/TRESTLE_CLIENT_ID.*TRESTLE_CLIENT_SECRET/),
          });
          expect([calls('token'), calls('data')]).toEqual([2, 1]);
          // What is told depends on no secret, so that it can hold none.
          expect(shown(refused)).toBe(shown(await attempt(sandbox, folder, NOBODY)));
        } finally {
          await sandbox.close();
        }
      }),
      CASES,
    );
  },
  PATIENCE,
);
