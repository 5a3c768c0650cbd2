import type { Dataset } from '../../../dataset/dataset.ts';
import { hasParentVersion } from '../../../dataset/reading.ts';
import { BusyError, CredentialsError, type ErrorCode, EtlError } from '../../../errors.ts';
import type { CheckTools } from '../../check.ts';
import type { Coverage } from '../../coverage.ts';
import { requireCapability } from '../../source.ts';

/** The answer to a request for one record of a dataset, with the fields, filter and order of a run. */
export type Answer =
  | ({ readonly records: number } & Partial<
      Pick<Coverage, 'omittedFields' | 'unknownFields' | 'nearestFields'>
    >)
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

const CONNECTION_CODES: ReadonlySet<ErrorCode> = new Set(['no-connection', 'tls-failed', 'proxy-failed']);

/** How far a request came. */
type Stage = 'quota' | 'address' | 'connection' | 'sign-in' | 'answer';

export function stageOf(answer: Answer): Stage {
  if (!('error' in answer)) return 'answer';
  const { error } = answer;
  if (error instanceof BusyError) return 'quota';
  if (error.code === 'unknown-host') return 'address';
  if (error.code !== undefined && CONNECTION_CODES.has(error.code)) return 'connection';
  return error instanceof CredentialsError || error.op === 'sign-in' ? 'sign-in' : 'answer';
}

export function codeOf(answer: Answer): ErrorCode | undefined {
  return 'error' in answer ? answer.error.code : undefined;
}

export function messageOf(answer: Answer): string {
  return 'error' in answer ? answer.error.message : '';
}
