import { expect, test } from 'vitest';
import type { PendingFile } from '../../../src/record/media-file.ts';
import { decide } from '../../../src/run/media/decide.ts';

test('promise 19: the signature of an address is not stored with the failure of its file', () => {
  const address = 'api.test/trestle/Media/Property/PHOTO-Jpeg/1/1/A';
  const message = `${address}/Ty8bCbbWUylVse_uCreKMoOcy9T0OjyJ3TXgsopYsdE: no byte within 30 s`;
  const file = { media_key: 'k', tries: 0 } as PendingFile;
  const { row } = decide({ file, outcome: { kind: 'unavailable', message } }, 0, 1);
  expect(row.message).toBe(`${address}/[signature]: no byte within 30 s`);
});
