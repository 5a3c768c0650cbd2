import { basename, join } from 'node:path';
import { ConfigError } from '../../../errors.ts';
import { dropDownload } from '../../../http/download/index.ts';
import type { Checkpoint } from '../../items.ts';
import type { AnswerState, Requester } from '../requester.ts';
import { type Candidates, storedStateOf, textOf } from './candidate.ts';

/** The address is not stored: it can have a secret. */
const NAME = 'url';

export type FetchRequest = {
  readonly id: string;
  readonly url: string;
  /** For the download. */
  readonly folder: string;
  readonly requester: Pick<Requester, 'download'>;
  readonly checkpoint: Checkpoint | undefined;
  readonly always: boolean;
};

/**
 * Downloads the file of a source unless it is unchanged.
 * @throws EtlError of the request; ConfigError if the server never had the file.
 */
export async function fetchFile(request: FetchRequest, signal: AbortSignal): Promise<Candidates> {
  const { id, url, folder, requester, checkpoint, always } = request;
  const file = join(folder, 'download.csv');
  const stored = storedStateOf(checkpoint, NAME);
  // After an interrupted read, the stored state is not what the tables have.
  const isKnown = stored !== undefined && !always && checkpoint?.position === null;
  const result = await requester.download(url, file, isKnown ? toAnswerState(stored) : undefined, signal);
  const discard = (): void => dropDownload(file);
  if (result.kind === 'absent') {
    if (checkpoint !== undefined)
      return { files: [], absence: 'the server has no such file (404 or 410)', discard };
    throw new ConfigError(`${id}: the server has no such file (404 or 410)`, {
      op: 'read CSV',
      hint: `correct url of ${id} in sources.yaml`,
    });
  }
  const isChanged = result.kind === 'fetched';
  const { etag, lastModified } = isChanged ? result.validators : toAnswerState(stored ?? {});
  const candidate = {
    name: NAME,
    title: basename(new URL(url).pathname) || id,
    path: file,
    look: undefined,
    state: { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) },
    isChanged,
    storedHash: textOf(stored?.['sha256']),
  };
  return { files: [candidate], absence: undefined, discard };
}

function toAnswerState(stored: Readonly<Record<string, unknown>>): AnswerState {
  const [etag, lastModified] = [textOf(stored['etag']), textOf(stored['lastModified'])];
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}
