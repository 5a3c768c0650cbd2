import { expect, test } from 'vitest';
import { guessName } from '../../../../src/sources/items/stub/guess-name.ts';

test.each([
  ['https://news.example.com/feed.xml', 'news'],
  ['https://data.example.gov/resource/permits.json?$limit=5', 'permits'],
  ['https://api.example.com/v2/open-houses', 'open_houses'],
  ['https://127.0.0.1/feeds/rss.xml', 'source'],
  ['/srv/drop/Roster 2026.csv.gz', 'roster_2026'],
  ['https://news.example.com/9f86d081884c7d659a2feaa0c55ad015.xml', 'news'],
  [`https://a.example/${'x'.repeat(60)}`, 'x'.repeat(31)],
])('%s is %s', (target, name) => {
  expect(guessName(target, [])).toBe(name);
});

test('does not take a name twice', () => {
  expect(guessName('https://news.example.com/feed', ['news', 'news_2'])).toBe('news_3');
});
