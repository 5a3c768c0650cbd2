import { ConfigError } from '../../../errors.ts';
import { chunk } from '../../../lib/chunk.ts';
import type { Requester } from './requester.ts';
import { md5Of } from './upload.ts';
import { readElements, readText } from './xml.ts';

/** Limit of DeleteObjects (Amazon S3 API Reference). */
const MAX_KEYS = 1000;

/** Removes objects, many with a request if the service can. */
export async function removeObjects(
  requester: Requester,
  prefix: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const some of chunk(paths, MAX_KEYS)) {
    signal.throwIfAborted();
    const keys = some.map((path) => `<Object><Key>${prefix}${path}</Key></Object>`);
    const body = Buffer.from(`<Delete><Quiet>true</Quiet>${keys.join('')}</Delete>`);
    const headers = { 'Content-MD5': md5Of(body), 'Content-Type': 'application/xml' };
    const request = { method: 'POST', key: '', query: { delete: '' }, headers, body } as const;
    const answer = await requester.send(request, signal, [
      'NotImplemented',
      'MethodNotAllowed',
      'AccessDenied',
    ]);
    if (answer.status >= 300) await removeOneByOne(requester, some, signal);
    else ensureRemoved(answer.body.toString('utf8'));
  }
}

async function removeOneByOne(
  requester: Requester,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const key of paths) await requester.send({ method: 'DELETE', key }, signal, ['NoSuchKey']);
}

/** The status is 200 although single keys were refused. */
function ensureRemoved(xml: string): void {
  const refused = readElements(xml, 'Error').filter((each) => readText(each, 'Code') !== 'NoSuchKey');
  if (refused.length === 0) return;
  const [key, message] = ['Key', 'Message'].map((name) => readText(refused[0]!, name) ?? '');
  throw new ConfigError(`${refused.length} files were not removed, such as ${key}: ${message}`, {
    op: 'remove',
    hint: 'allow s3:DeleteObject on the bucket',
  });
}
