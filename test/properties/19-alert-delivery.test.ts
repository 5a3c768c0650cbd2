import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Channel } from '../../src/notify/alert/ledger.ts';
import type { RunReport } from '../../src/model/alert.ts';
import { desk } from '../notify/alert/desk.ts';
import { allBad, calm, settings } from '../notify/alert/facts.ts';
import { mailServer, type MailServer } from '../helpers/mail-server.ts';
import { type Reply, type ScriptedServer, scriptedServer } from '../helpers/scripted-server.ts';
import { anyText, CASES, PATIENCE } from './arbitraries.ts';

// Validates: Requirements 6.5

let smtp: MailServer;
let hook: ScriptedServer;
/** What goes wrong before something is taken; each is used up once. */
const refusals: string[] = [];
const replies: Reply[] = [];

beforeAll(async () => {
  smtp = await mailServer({ visit: () => refusals.shift() });
  hook = await scriptedServer({
    data: ({ body }) => {
      const refused = replies.shift();
      if (refused === undefined) posts.push(JSON.parse(body) as Record<string, unknown>);
      return refused ?? {};
    },
  });
});

afterAll(async () => {
  await smtp.close();
  await hook.close();
});

/** How a run ended, and what else is wrong. */
const anyFacts: fc.Arbitrary<RunReport> = fc
  .record({
    mode: fc.constantFrom('sync', 'full-load', 'reconcile'),
    run: fc.option(fc.nat(), { nil: undefined }),
    error: fc.record({
      name: fc.constantFrom('FatalError', 'CredentialsError', 'UnavailableError', 'TypeError'),
      message: anyText,
      hint: fc.option(anyText, { nil: undefined }),
      exitCode: fc.constantFrom(1, 69, 77, 78),
    }),
    hourQuota: fc.constantFrom(undefined, allBad.hourQuota),
    disks: fc.constantFrom([], allBad.disks),
    age: fc.constantFrom(undefined, null, settings.maxAge - 1, allBad.age),
    schema: fc.constantFrom(undefined, allBad.schema),
    counts: fc.constantFrom([0, 0], [100, 5], [100, 6]),
    isFailed: fc.boolean(),
  })
  .map(({ counts: [processed = 0, rejected = 0], isFailed, error, ...facts }) => ({
    ...calm,
    ...facts,
    ...(isFailed ? { ended: 'failed', error } : { processed, rejected }),
  }));

/** Which kinds these facts are critical for, told apart from src/notify/alert/rules.ts. */
function critical({ ended, error, hourQuota, disks, age, rejected, schema }: RunReport): string[] {
  return [
    ...(ended === 'failed' ? [error?.name === 'CredentialsError' ? 'credentials' : 'failed'] : []),
    ...(hourQuota === undefined ? [] : ['quota']),
    ...(rejected > 5 ? ['rejects'] : []),
    ...(disks.length === 0 ? [] : ['disk']),
    ...((age ?? 0) > settings.maxAge ? ['stale'] : []),
    ...(schema === undefined ? [] : ['schema']),
  ].sort();
}

/** At most two, as the third try has to get through. */
const anyTroubles = fc.record({
  mail: fc.array(fc.constantFrom('421 too busy', '450 try later', '451 not now', '452 no room'), {
    maxLength: 2,
  }),
  post: fc.array(
    fc.constantFrom<Reply>(
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 500, body: 'oh' },
      { status: 503 },
      { raw: (response) => response.destroy() },
    ),
    { maxLength: 2 },
  ),
});

const anyCase = fc.record({
  facts: anyFacts.filter((facts) => critical(facts).length > 0),
  troubles: anyTroubles,
  ways: fc.constantFrom<readonly Channel[]>(['email'], ['webhook'], ['email', 'webhook']),
  format: fc.constantFrom('json', 'slack'),
});

/** What was taken. */
const posts: Record<string, unknown>[] = [];

/** Without what may differ by the way: spaces, and what no alert holds. */
function squeezed(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\s]/gu, '');
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The kind of an alert in words, as each ends with it. */
function kindIn(text: string): string {
  return /docs\/runbook\.md, "(\w+)"\s*$/.exec(text)?.[1] ?? `none in ${text}`;
}

test(
  'Feature: trestle-etl-pipeline, Property 19: Alert Delivery Reliability: For any critical error condition, configured alert mechanisms (email, webhook) should successfully deliver notifications.',
  async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ facts, troubles, ways, format }) => {
        smtp.mails.length = 0;
        posts.length = 0;
        refusals.splice(0, Infinity, ...troubles.mail);
        replies.splice(0, Infinity, ...troubles.post);
        const email = { to: ['ops@example.com'], from: 'etl@example.com', smtpUrl: smtp.url };
        const webhook = { url: `${hook.origin}/hook`, format };
        const { alerts, lines } = desk({
          email: ways.includes('email') ? email : undefined,
          webhook: ways.includes('webhook') ? webhook : undefined,
        });
        // The second time nothing is due any more.
        await alerts.notify(facts);
        await alerts.notify(facts);

        const wanted = critical(facts);
        const texts = smtp.mails.map(({ subject, text }) => `${subject}\n${text}`);
        expect(texts.map(kindIn).toSorted()).toEqual(ways.includes('email') ? wanted : []);
        const notices = posts.map((post) =>
          unescaped(format === 'slack' ? String(post['text']) : asText(post)),
        );
        expect(notices.map(kindIn).toSorted()).toEqual(ways.includes('webhook') ? wanted : []);
        for (const text of [...texts, ...notices]) {
          if (!/"(failed|credentials)"\s*$/.test(text)) continue;
          expect(squeezed(text)).toContain(squeezed(facts.error?.message ?? ''));
          expect(squeezed(text)).toContain(squeezed(facts.error?.hint ?? ''));
        }
        expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
      }),
      CASES,
    );
  },
  PATIENCE,
);

/** A JSON notice as the other ways would write it. */
function asText(post: Readonly<Record<string, unknown>>): string {
  const { title, text, kind } = post as Record<'title' | 'text' | 'kind', string>;
  return `${title}\n${text}\ndocs/runbook.md, "${kind}"`;
}
