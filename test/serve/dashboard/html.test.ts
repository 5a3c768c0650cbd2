import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html, jsonBlock } from '../../../src/serve/dashboard/html.ts';
import { itemAddress, linkOut, recordAddress } from '../../../src/serve/dashboard/link.ts';

test('texts are escaped, pieces of a page are not, and nothing is written for what is missing', () => {
  const piece = html`<b>${'<&>"\''}</b>`;
  expect(piece.text).toBe('<b>&lt;&amp;&gt;&quot;&#39;</b>');
  expect(html`${[piece, 0, null, undefined, false, ['x']]}`.text).toBe(`${piece.text}0x`);
});

test('no text adds an element or ends an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', '/', '=') }), (text) => {
      expect(html`<i title="${text}">${text}</i>`.text).toMatch(/^<i title="[^"<>']*">[^<>"']*<\/i>$/);
    }),
  );
});

test('data for scripts cannot end their element', () => {
  const { text } = jsonBlock('x', { a: '</script><!--' });
  expect(text.match(/</g)).toHaveLength(2);
  expect(JSON.parse(text.slice(text.indexOf('>') + 1, text.lastIndexOf('<')))).toEqual({
    a: '</script><!--',
  });
});

test.each(['javascript:alert(1)', 'data:text/html,x', ' java\nscript:alert(1)', 'file:///etc/passwd', 'x'])(
  '%j is not linked',
  (address) => {
    expect(html`${linkOut(address, 'title')}`.text).toBe('title');
  },
);

test('addresses of the web are linked without telling them where from', () => {
  expect(html`${linkOut('https://example.com/?a&b', 'title')}`.text.replaceAll(/\s+/g, ' ')).toMatch(
    /^<a href="https:\/\/example.com\/\?a&amp;b" rel="noopener noreferrer" ?>title<\/a ?>$/,
  );
});

test('keys are written so that they are one part of an address', () => {
  expect(recordAddress('a/b?c', 'Open House')).toBe('/record/a%2Fb%3Fc?resource=Open%20House');
  expect(itemAddress('news', 'x/1')).toBe('/record/news%2Fx%2F1');
});
