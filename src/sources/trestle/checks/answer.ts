import type { Dataset } from '../../../dataset/dataset.ts';
import { hasParentVersion } from '../../../dataset/reading.ts';
import { BusyError, CredentialsError, EtlError } from '../../../errors.ts';
import type { CheckTools } from '../../check.ts';
import type { Coverage } from '../../coverage.ts';
import { requireCapability } from '../../source.ts';

/** The answer to a request for one record of a dataset, with the fields, filter and order of a run. */
export type Answer =
  | ({ readonly records: number } & Partial<Pick<Coverage, 'omittedFields' | 'unknownFields'>>)
  | { readonly error: EtlError };

/** Requests one record of a dataset as a run would. @throws whatever is no error of this tool. */
export async function requestRecord(
  { source, cover }: Pick<CheckTools<unknown>, 'source' | 'cover'>,
  dataset: Dataset,
): Promise<Answer> {
  const { dataset: covered, ...rest } = await cover(dataset);
  const { signal } = new AbortController();
  try {
    // A dataset without a time of its own cannot be requested in the order of that time.
    if (hasParentVersion(covered))
      return { records: await requireCapability(source, 'keys', 'doctor').count(covered, signal), ...rest };
    const pages = source.read(covered, { cursor: undefined }, signal);
    for await (const page of pages) return { records: page.records.length, ...rest };
    return { records: 0, ...rest };
  } catch (error) {
    if (error instanceof EtlError) return { error };
    throw error;
  }
}

/** How far a request came. */
type Stage = 'quota' | 'address' | 'connection' | 'sign-in' | 'answer';

/** A message begins with the host, followed by Node's code (http/send.ts). */
export function stageOf(answer: Answer): Stage {
  if (!('error' in answer)) return 'answer';
  const { error } = answer;
  if (error instanceof BusyError) return 'quota';
  if (isOfProxy(error.message)) return 'connection';
  if (/^\S+: (ENOTFOUND|EAI_[A-Z]+) /.test(error.message)) return 'address';
  if (/^\S+: (E[A-Z]+|[A-Z\d]+(_[A-Z\d]+)+|no whole answer) /.test(error.message)) return 'connection';
  return error instanceof CredentialsError || error.op === 'sign-in' ? 'sign-in' : 'answer';
}

/** See http/tunnel.ts. */
export function isOfProxy(message: string): boolean {
  return message.startsWith('the proxy ');
}

export function messageOf(answer: Answer): string {
  return 'error' in answer ? answer.error.message : '';
}
