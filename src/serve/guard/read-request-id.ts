import { randomUUID } from 'node:crypto';

/** Takes over the caller's id if it is short and clean, so that both logs have the same one. */
export function readRequestId(header: string | undefined): string {
  return header !== undefined && /^[\w.:-]{1,64}$/.test(header) ? header : randomUUID();
}
