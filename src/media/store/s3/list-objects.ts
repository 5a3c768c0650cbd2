import { FatalError } from '../../../errors.ts';
import type { StoredFile } from '../../store.ts';
import { isStorePath } from '../check-path.ts';
import type { Requester } from './requester.ts';
import { readElements, readText } from './xml.ts';

/** Lists the objects below a prefix in the order of their keys, a page of 1000 a request. Keys that no stored file has are skipped. */
export async function* listObjects(
  requester: Requester,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<StoredFile> {
  let last = '';
  for (let token: string | undefined = ''; token !== undefined;) {
    signal.throwIfAborted();
    const continuation: Record<string, string> = token === '' ? {} : { 'continuation-token': token };
    const query = { 'list-type': '2', ...(prefix === '' ? {} : { prefix }), ...continuation };
    const answer = await requester.send({ method: 'GET', key: '', query }, signal);
    const xml = answer.body.toString('utf8');
    for (const element of readElements(xml, 'Contents')) {
      const path = (readText(element, 'Key') ?? '').slice(prefix.length);
      if (!isStorePath(path)) continue;
      if (path <= last) throw new FatalError(`the bucket does not list ${path} in its order`, { op: 'list' });
      last = path;
      const modifiedAt = Date.parse(readText(element, 'LastModified') ?? '');
      yield { path, size: Number(readText(element, 'Size')), modifiedAt };
    }
    token = readText(xml, 'IsTruncated') === 'true' ? readText(xml, 'NextContinuationToken') : undefined;
  }
}
