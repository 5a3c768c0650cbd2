import type { Breaker } from '../breaker.ts';
import { openFile, type OpenOptions } from './open.ts';
import { toRefusal } from './refusal.ts';
import type { DownloadRequest } from './request.ts';
import { readValidators, type Validators } from './validators.ts';
import { conditionOf, judge, type Known } from './verdict.ts';

/** What a server has, without its body. */
export type LookResult =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'changed'; readonly validators: Validators };

/** Asks whether a file changed. The connection is closed before a body arrives. */
export async function look(
  options: OpenOptions & { readonly guard: Breaker },
  { url, label, known: release, ownHeaders }: DownloadRequest,
  signal: AbortSignal,
  attempt: number,
  left: number,
): Promise<LookResult> {
  const known: Known = { part: undefined, whole: undefined, release };
  const send = async (): Promise<LookResult> => {
    const request = { url, headers: conditionOf(known), ownHeaders, label, attempt: attempt + 1 };
    const answer = await openFile(options, request, signal);
    try {
      const verdict = judge(url, known, answer);
      if (verdict.kind === 'refused') throw toRefusal(answer);
      if (verdict.kind === 'unchanged' || verdict.kind === 'absent') return { kind: verdict.kind };
      return { kind: 'changed', validators: readValidators(answer.headers) };
    } finally {
      answer.close();
    }
  };
  return options.guard(signal, send, left);
}
