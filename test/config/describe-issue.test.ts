import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSourcesFile } from '../../src/config/sources-file.ts';
import { kinds } from '../../src/sources/registry.ts';

const lookUp = () => undefined;

/** The problems of a source `notes` with these lines, without the file. */
function problemsOf(...lines: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'trestle-issues-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const all = ['type: api', 'url: http://a.test', 'item: { external_id: id, title: t }', ...lines];
  const own = all.filter((line, nth) => !all.slice(nth + 1).some((other) => keyOf(other) === keyOf(line)));
  writeFileSync(
    join(folder, 'sources.yaml'),
    ['sources:', '  notes:', ...own.map((line) => `    ${line}`)].join('\n'),
  );
  const { problems } = readSourcesFile({ path: undefined, folder, kinds, taken: [], lookUp });
  return problems.map((problem) => problem.replace(/^.*sources\.yaml line \d+: notes\.?/, ''));
}

function keyOf(line: string): string {
  return line.split(':')[0]!;
}

test.each([
  ['delete: absent', ['delete is not a known key; did you mean deletes?']],
  ['deletes: yes', ['deletes must be one of: never, absent']],
  ['deletes: Absent', ['deletes must be one of: never, absent; did you mean absent?']],
  ['nothing_like_it: 1', ['nothing_like_it is not a known key']],
  ['x: 1', ['x is not a known key']],
  ['empty: "."', ['empty must be a list']],
  ['query: a=b', ['query must be a map']],
  ['headers: { "X Y": 1 }', ['headers.X Y must be the name of a header']],
  ['item: { external_id: id }', ['item.title must be set']],
  [
    'item: { external_id: [id], title: "" }',
    ['item.external_id must be a text or a map', 'item.title must not be empty'],
  ],
  ['item: { external_id: id, title: { text: a, from: b } }', ['item.title.from is not a known key']],
  [
    'item: { external_id: id, title: t, amount: { from: a, decimal: x } }',
    ['item.amount.decimal must be one of: ".", ","'],
  ],
  [
    'item: { external_id: id, title: t, metadata: some }',
    ['item.metadata must be rest, all, none or a list; did you mean none?'],
  ],
  ['page: { number: p, size: abc }', ['page.size must be a number']],
  [
    'page: { number: p, size: 0, form: 1 }',
    ['page.size must be at least 1', 'page.form is not a known key; did you mean from?'],
  ],
  ['page: { cursor: next }', ['page.param must be set']],
  ['page: { link: prev }', ['page.link must be next']],
  ['page: { link: nxet }', ['page.link must be next; did you mean next?']],
  ['item: { external_id: id, titel: t, title: t }', ['item.titel is not a known key; did you mean title?']],
  [
    'item: { external_id: id, title: t, amount: { from: a, decmal: "," } }',
    ['item.amount.decmal is not a known key; did you mean decimal?'],
  ],
  ['auth: { basic: me }', ['auth.password must be set']],
  ['auth: { bearer: x, scope: y }', ['auth.scope is not a known key']],
  ['since: t', ['since must be a map']],
  [
    'item: { external_id: id, title: {First Name} }',
    ['item.title is a map: put a template between quotes: "{First Name}"'],
  ],
])('{ %s } is explained: %j', (line, expected) => {
  expect(problemsOf(line)).toEqual(expected);
});

test.each([['page: 1'], ['page: { page: 1 }'], ['auth: token'], ['auth: { user: me, password: x }']])(
  'if %s is none of the forms, all of them are listed',
  (line) => {
    expect(problemsOf(line)).toEqual([expect.stringMatching(/^(?:page|auth) must be one of: \{ \w+/)]);
  },
);

test.each(['{First Name} {Last Name}', '{city}, {state}', '"{city}" home'])(
  'the template %s without quotes is one problem, with its line and what to do',
  (title) => {
    const folder = mkdtempSync(join(tmpdir(), 'trestle-issues-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const text = `sources:\n  roster:\n    type: csv\n    path: a.csv\n    item:\n      title: ${title}\n`;
    writeFileSync(join(folder, 'sources.yaml'), text);
    const { problems } = readSourcesFile({ path: undefined, folder, kinds, taken: [], lookUp });
    expect(problems).toEqual([expect.stringMatching(/line 6: .*between quotes/)]);
  },
);

test('an unknown key is reported with its own line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trestle-issues-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const text = 'sources:\n  news:\n    type: rss\n    url: http://a.test\n    evry: 1h\n';
  writeFileSync(join(folder, 'sources.yaml'), text);
  const { problems } = readSourcesFile({
    path: undefined,
    folder,
    kinds,
    taken: [],
    lookUp,
  });
  expect(problems).toEqual([
    expect.stringMatching(/line 5: news\.evry is not a known key; did you mean every\?$/),
  ]);
});
