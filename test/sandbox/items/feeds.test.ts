import { describe, expect, test } from 'vitest';
import type { ItemsSandbox } from '../../../src/sandbox/items/index.ts';
import { control, getBytes, getJson, startItems } from './helpers.ts';

const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1]!);
const guids = (text: string): string[] => all(text, /<guid[^>]*>([^<]*)<\/guid>/g);
const dates = (text: string): string[] => all(text, /<pubDate>([^<]*)<\/pubDate>/g);
const titles = (text: string): string[] => all(text, /<item><title>([^<]*)<\/title>/g);

const lastThree = (links: string[]): string[] =>
  links.slice(0, 3).map((link) => /story-(\d+)/.exec(link)![1]!);

async function read({ url }: ItemsSandbox, name: string): Promise<string> {
  return (await getBytes(`${url}/feeds/${name}`)).toString();
}

describe('a feed', () => {
  test('has the same entries in every format, newest first', async () => {
    const sandbox = await startItems({ records: 12 });
    sandbox.collection('news').add(1);
    const expected = ['13', '12', '11'];
    expect(lastThree(all(await read(sandbox, 'rss.xml'), /<link>([^<]*story[^<]*)<\/link>/g))).toEqual(
      expected,
    );
    expect(lastThree(all(await read(sandbox, 'atom.xml'), /href="([^"]*story[^"]*)"/g))).toEqual(expected);
    expect(lastThree(all(await read(sandbox, 'rdf.xml'), /rdf:about="([^"]*story[^"]*)"/g))).toEqual(
      expected,
    );
    const json = await getJson<{ items: { url: string }[] }>(`${sandbox.url}/feeds/feed.json`);
    expect(lastThree(json.items.map(({ url }) => url))).toEqual(expected);
  });

  test('has its newest 100 entries only', async () => {
    const sandbox = await startItems({ records: 120 });
    const before = guids(await read(sandbox, 'rss.xml'));
    expect(before).toHaveLength(100);
    await control(sandbox, 'POST', 'change?collection=news&added=150');
    const after = guids(await read(sandbox, 'rss.xml'));
    expect([after.length, after.filter((guid) => before.includes(guid))]).toEqual([100, []]);
  });
});

describe('an odd feed', () => {
  test.each<[string, (text: string) => unknown, unknown]>([
    ['same-guids', (text) => new Set(guids(text)).size, 1],
    ['no-guids', (text) => guids(text).length, 0],
    ['no-guids-no-links', (text) => text.includes('story-'), false],
    ['guid-case', (text) => [new Set(guids(text)).size, new Set(guids(text.toLowerCase())).size], [20, 10]],
    ['long-guids', (text) => guids(text).every((guid) => guid.length > 300), true],
    ['no-dates', (text) => dates(text).length, 0],
    [
      'odd-dates',
      (text) => dates(text).slice(0, 10),
      [
        /^Mi, .* [+]0000$/,
        /^mer[.], .* [+]0000$/,
        /^mié, .* [+]0000$/,
        / EST$/,
        / PDT$/,
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
        /^\d{4}-\d\d-\d\d$/,
        /^\d{10}$/,
        /31 Feb/,
        /Tuesday$/,
      ].map((pattern) => expect.stringMatching(pattern) as unknown),
    ],
    ['future-dates', (text) => dates(text).every((date) => date.includes('204')), true],
    ['bare-ampersand', (text) => titles(text).every((title) => title.startsWith('Homes & gardens')), true],
    // oxlint-disable-next-line no-control-regex -- They are what this feed has.
    ['control-characters', (text) => text.match(/[\u0008\u001F]/g)?.length, 40],
    ['scripts', (text) => text.match(/javascript:alert/g)?.length, 20],
    ['cut', (text) => [text.startsWith('<?xml'), text.includes('</rss>')], [true, false]],
    ['bomb', (text) => [text.includes('<!ENTITY a'), text.match(/&a;/g)?.length], [true, 2000]],
    ['html', (text) => text.startsWith('<!DOCTYPE html>'), true],
    ['empty', (text) => titles(text).length, 0],
  ])('%s', async (name, look, expected) => {
    const sandbox = await startItems({ records: 20 });
    expect(look(await read(sandbox, `odd/${name}.xml`))).toEqual(expected);
  });

  test('changes what it is made of from request to request, or with a title', async () => {
    const sandbox = await startItems({ records: 3 });
    const scheme = async (): Promise<string> =>
      guids(await read(sandbox, 'odd/guid-scheme.xml'))[0]!.split(':')[0]!;
    expect([await scheme(), await scheme(), await scheme()]).toEqual(['http', 'https', 'http']);
    const links = async (): Promise<string> =>
      all(await read(sandbox, 'odd/tracked-links.xml'), /(fbclid=\d)/g)[0]!;
    expect([await links(), await links()]).toEqual(['fbclid=0', 'fbclid=1']);
    const before = guids(await read(sandbox, 'odd/guid-title.xml'));
    sandbox.collection('news').edit(3);
    const after = guids(await read(sandbox, 'odd/guid-title.xml'));
    expect(after.filter((guid) => before.includes(guid))).toEqual([]);
  });

  test('has bytes that differ from what it declares', async () => {
    const sandbox = await startItems({ records: 5 });
    const bytes = (name: string): Promise<Buffer> => getBytes(`${sandbox.url}/feeds/odd/${name}.xml`);
    const strict = new TextDecoder('utf-8', { fatal: true });
    const declaredWrong = strict.decode(await bytes('declared-wrong'));
    expect(declaredWrong).toMatch(/^<\?xml version="1.0" encoding="windows-1252"\?>[\s\S]*Café Peña/);
    const windows = await bytes('windows-1252');
    expect(() => strict.decode(windows)).toThrow();
    expect(windows.includes(Buffer.from([0x43, 0x61, 0x66, 0xe9, 0x20, 0x93]))).toBe(true);
    const nearly = await bytes('nearly-utf-8');
    expect(() => strict.decode(nearly)).toThrow();
    expect(nearly.toString().match(/\uFFFD/g)).toHaveLength(1);
  });
});
