import { encodeWindows1252 } from '../../shared/encode-windows-1252.ts';
import { LOGIN_PAGE } from '../login-page.ts';
import type { FeedEntry } from './entry.ts';
import { writeRss } from './formats.ts';
import { oddDate } from './odd-dates.ts';

/** A feed that real readers have met. `nth` is the number of the request for it, from 0. */
type OddFeed = (entries: readonly FeedEntry[], nth: number) => string | Buffer;

const DAY = 86_400_000;

/** The feed with each entry changed. */
function eachEntry(change: (entry: FeedEntry, index: number, nth: number) => Partial<FeedEntry>): OddFeed {
  return (entries, nth) =>
    writeRss(entries.map((entry, index) => ({ ...entry, ...change(entry, index, nth) })));
}

/** An entity of 50 KB that is used 2,000 times. */
function writeBomb(entries: readonly FeedEntry[]): string {
  const prolog = `<!DOCTYPE rss [<!ENTITY a "${'boom'.repeat(12_500)}">]>\n`;
  const [first] = entries;
  return writeRss(first === undefined ? [] : [{ ...first, title: '&a;'.repeat(2000) }], 'utf-8', prolog);
}

/** The feeds by the name in their address, `/feeds/odd/NAME.xml`. */
export const ODD_FEEDS: Readonly<Record<string, OddFeed>> = {
  'same-guids': eachEntry(() => ({ guid: 'https://news.example.com/' })),
  'no-guids': eachEntry(() => ({ guid: undefined })),
  'no-guids-no-links': eachEntry(() => ({ guid: undefined, link: '' })),
  // http and https in turn, from request to request.
  'guid-scheme': eachEntry(({ guid }, _, nth) => ({
    guid: `${nth % 2 === 0 ? 'http' : 'https'}://news.example.com/${guid}`,
    isPermaLink: true,
  })),
  'guid-title': eachEntry(({ title }) => ({ guid: title.toLowerCase().replaceAll(/[^a-z]+/g, '-') })),
  'guid-case': eachEntry((_, index) => ({
    guid: `story-${Math.floor(index / 2)}-${index % 2 === 0 ? 'AbC' : 'aBc'}`,
  })),
  'long-guids': eachEntry(({ guid }) => ({ guid: `https://news.example.com/${'long/'.repeat(60)}${guid}` })),
  'tracked-links': eachEntry(({ link }, index, nth) => ({
    guid: undefined,
    link: `${link}?id=${index}&amp;utm_source=rss&amp;fbclid=${nth}`,
  })),
  'no-dates': eachEntry(() => ({ date: '' })),
  'odd-dates': eachEntry(({ published }, index) => ({ date: oddDate(published, index) })),
  'future-dates': eachEntry((_, index) => ({ published: Date.UTC(2040, 0, 1) + index * DAY })),
  'bare-ampersand': eachEntry(({ title }) => ({ title: `Homes & gardens: ${title}` })),
  'control-characters': eachEntry(({ title }) => ({ title: `\u0008${title}\u001F` })),
  scripts: eachEntry(({ title }) => ({
    title: `&lt;script&gt;alert(1)&lt;/script&gt;${title}`,
    author: '&lt;img src=x onerror=alert(1)&gt;',
    link: 'javascript:alert(1)',
  })),
  cut: (entries) => {
    const whole = writeRss(entries);
    return whole.slice(0, Math.floor(whole.length / 2));
  },
  // Declares windows-1252 but is UTF-8.
  'declared-wrong': (entries) =>
    writeRss(
      entries.map((entry) => ({ ...entry, title: `Café Peña: ${entry.title}` })),
      'windows-1252',
    ),
  'windows-1252': (entries) =>
    encodeWindows1252(
      writeRss(
        entries.map((entry) => ({ ...entry, title: `Café “Peña”: ${entry.title}` })),
        'windows-1252',
      ),
    ),
  // Declares UTF-8; one title has a byte that is not.
  'nearly-utf-8': (entries) =>
    Buffer.concat(
      writeRss(entries)
        .split('<title>')
        .flatMap((part, index) => [
          Buffer.from(index === 0 ? '' : '<title>Café '),
          Buffer.from(index === 2 ? [0xe9] : []),
          Buffer.from(part),
        ]),
    ),
  bomb: writeBomb,
  html: () => LOGIN_PAGE,
  empty: () => writeRss([]),
};
