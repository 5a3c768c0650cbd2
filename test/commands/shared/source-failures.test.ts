import { expect, test } from 'vitest';
import { nameFailures } from '../../../src/commands/shared/source-failures.ts';
import { ConfigError, CredentialsError, InterruptedError, SourcesFailedError } from '../../../src/errors.ts';

const refused = () => new CredentialsError('answered 401', { op: 'GET', hint: 'check auth' });

test('promise 33: the error of one source among several has its name, its class and its hint', () => {
  expect(nameFailures([{ source: 'news', error: refused() }], 3)).toMatchObject({
    name: 'CredentialsError',
    message: 'news: answered 401',
    hint: 'check auth',
    exitCode: 77,
  });
});

test('a message that names the source, or the only source, is left as it is', () => {
  const named = new ConfigError('news: its address changed', { op: 'read' });
  expect(nameFailures([{ source: 'news', error: named }], 3)).toMatchObject({
    message: 'news: its address changed',
  });
  expect(nameFailures([{ source: 'news', error: refused() }], 1)).toMatchObject({ message: 'answered 401' });
});

test('promise 33: several failures become one line, with the exit code of the first', () => {
  const failures = [
    { source: 'news', error: refused() },
    { source: 'permits', error: new Error('it broke') },
  ];
  const error = nameFailures(failures, 4);
  expect(error).toBeInstanceOf(SourcesFailedError);
  expect(error).toMatchObject({
    message: '2 of 4 sources failed: news: answered 401; permits: it broke',
    exitCode: 77,
  });
});

test('an interruption is reported as what it is, whatever failed before it', () => {
  const interruption = new InterruptedError('SIGTERM');
  const failures = [
    { source: 'news', error: refused() },
    { source: 'permits', error: interruption },
  ];
  expect(nameFailures(failures, 2)).toBe(interruption);
});
