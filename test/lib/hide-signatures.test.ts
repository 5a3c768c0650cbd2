import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hideSignatures } from '../../src/lib/hide-signatures.ts';

const SIGNATURE = createHash('sha256').update('a').digest('base64url');
const PATH = '/trestle/Media/Property/PHOTO-Jpeg/1061915345/1/MzczLzE5MTEvMjA/MjAvNjg5NS8xNzU1Nzk3NTY0';

test('promise 19: the signature of a media address is hidden, also within a sentence or JSON', () => {
  expect(hideSignatures(`api.test${PATH}/${SIGNATURE} answered 503`)).toBe(
    `api.test${PATH}/[signature] answered 503`,
  );
  const line = JSON.stringify({ path: `${PATH}/${SIGNATURE}`, status: 200 });
  expect(hideSignatures(line)).toBe(JSON.stringify({ path: `${PATH}/[signature]`, status: 200 }));
  expect(hideSignatures(`${PATH}/${SIGNATURE}: no byte within 30 s`)).not.toContain(SIGNATURE);
});

test('paths, file names and checksums stay', () => {
  const name = `${'k'.repeat(26)}-9b1de0a24c77f001.jpg`;
  expect(name.replace('.jpg', '')).toHaveLength(43);
  const checksum = createHash('sha256').update('a').digest('hex');
  for (const text of [
    `/srv/photos/3f/a1/${name}`,
    `/files/${checksum}`,
    SIGNATURE,
    '/trestle/odata/Property',
  ])
    expect(hideSignatures(text)).toBe(text);
});
