import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMail, formatSlack, cleanNotice } from '../../../src/notify/alert/notice.ts';
import { notice } from './notices.ts';

const same = (text: string): string => text;
const clean = (text: string): string => text.replaceAll('hush-hush', '[hidden]');

describe('cleanNotice', () => {
  test('a title is one line: a line break would start another header of a mail', () => {
    const { title } = cleanNotice({ ...notice, title: 'x\r\nBcc: all@example.com\n\tz\u2028\u0000' }, same);
    expect(title).toBe('x Bcc: all@example.com z');
  });

  test('a text keeps its lines, and no other control character nor what turns the writing round', () => {
    expect(cleanNotice({ ...notice, text: 'a\r\nb\rc\u001B[31m\u202Ed\n\n' }, same).text).toBe(
      'a\nb\nc [31m d',
    );
  });

  test('what is too long is cut, with a sign, and not through a character', () => {
    const { title, text, facts } = cleanNotice(
      { ...notice, title: '🏠'.repeat(300), text: 'y'.repeat(9000), facts: { message: 'z'.repeat(9000) } },
      same,
    );
    expect([title.length <= 150, text.length, String(facts['message']).length]).toEqual([true, 4000, 4000]);
    for (const part of [title, text, String(facts['message'])]) {
      expect(part.endsWith('…')).toBe(true);
      expect(part.isWellFormed()).toBe(true);
    }
  });

  test('promise 19: secrets are removed from title, text and facts', () => {
    const bad = {
      ...notice,
      title: 'a hush-hush',
      text: 'b\nhush-hush',
      facts: { message: 'hush-hush', count: 1 },
    };
    expect(JSON.stringify(cleanNotice(bad, clean))).not.toContain('hush');
    expect(cleanNotice(bad, clean).facts).toEqual({ message: '[hidden]', count: 1 });
  });

  test('promise 19: a secret is removed before a text is cut, so that no part of it remains', () => {
    expect(cleanNotice({ ...notice, title: `${'a'.repeat(144)}hush-hush` }, clean).title).not.toContain(
      'hush',
    );
  });
});

test('a mail has its beginning in common with all others, and says where it comes from and what to do', () => {
  const { subject, text } = formatMail(notice);
  expect(subject).toBe(`[trestle-etl] ${notice.title}`);
  expect(text).toBe(
    `${notice.text}\n\n-- trestle-etl on etl-1, database homes, run 17, 2026-03-19T12:00:00.000Z; what to do: docs/runbook.md, "stale"\n`,
  );
});

test('a recovery starts with that word', () => {
  expect(formatMail({ ...notice, state: 'recovered' }).subject).toMatch(/^\[trestle-etl\] Recovered: /);
  expect(formatSlack({ ...notice, state: 'recovered' }).text).toMatch(/^Recovered: /);
});

test('a test names neither a run nor a page of the runbook', () => {
  const { text } = formatMail({ ...notice, kind: 'test', state: 'test', run: null });
  expect(text).toMatch(/-- trestle-etl on etl-1, database homes, 2026-03-19T12:00:00\.000Z\n$/);
});

describe('Slack', () => {
  test('nobody is called and nothing is linked by what a text holds', () => {
    const { text } = formatSlack({
      ...notice,
      title: '<!channel> & co',
      text: 'see <https://evil.example|here>',
    });
    expect(text).toMatch(/^&lt;!channel&gt; &amp; co\nsee &lt;https:\/\/evil\.example\|here&gt;\n/);
  });

  test('what it takes is never longer than 3000, well formed, and ends with its origin', () => {
    const texts = fc.string({
      unit: fc.constantFrom('&', '<', '🏠', 'ä', 'x', '\n', '\uD800', 'word '),
      maxLength: 5000,
      size: 'max',
    });
    fc.assert(
      fc.property(texts, texts, (title, long) => {
        const { text } = formatSlack(cleanNotice({ ...notice, title, text: long }, same));
        expect(text.length).toBeLessThanOrEqual(3000);
        expect(text.isWellFormed()).toBe(true);
        expect(text.replaceAll(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
        expect(text.endsWith('docs/runbook.md, "stale"')).toBe(true);
      }),
      // Such long texts take hours to be made shorter.
      { endOnFailure: true },
    );
  });
});
