import { basename, join } from 'node:path';
import { ConfigError, type EtlError, UnavailableError } from '../../../errors.ts';
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
 * @throws EtlError of the request; ConfigError if the server never had the file, UnavailableError if it had it before.
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
    if (!result.isGone) throw absentError(id, checkpoint);
    return {
      files: [],
      absence: { outcome: 'gone', reason: 'the server no longer has the file (410)' },
      discard,
    };
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

/** A file that was there may only be late: the same run may succeed later. */
function absentError(id: string, checkpoint: Checkpoint | undefined): EtlError {
  const message = `${id}: the server has no such file (404)`;
  if (checkpoint === undefined)
    return new ConfigError(message, { op: 'read CSV', hint: `correct url of ${id} in sources.yaml` });
  return new UnavailableError(`${message}, but had it before`, {
    op: 'read CSV',
    code: 'no-file',
    hint: `the next run asks again; if the file has another address now, correct url of ${id} in sources.yaml`,
  });
}

function toAnswerState(stored: Readonly<Record<string, unknown>>): AnswerState {
  const [etag, lastModified] = [textOf(stored['etag']), textOf(stored['lastModified'])];
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}
