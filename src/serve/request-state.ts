import type { IncomingMessage } from 'node:http';
import type { Context } from './hono.ts';

/** What is known of a request while it is answered. */
export type RequestState = {
  readonly id: string;
  /** Milliseconds, of `performance.now()`. */
  readonly start: number;
  /** The address of the caller, behind trusted proxies. */
  readonly address: string;
  /** The name of the caller's key; undefined without one. */
  caller?: string;
  /** Whether the caller has a key, or none is required. */
  isTrusted: boolean;
};

/** The variables of the framework's context. */
export type ServeEnv = {
  Bindings: { incoming: IncomingMessage };
  Variables: { state: RequestState };
};

export type ServeContext = Context<ServeEnv>;

/** Whether the caller is a browser that shows the answer to a person. */
export function acceptsPage(context: ServeContext): boolean {
  return context.req.header('accept')?.includes('text/html') === true;
}

/** Milliseconds since the request was received, to two decimals. */
export function measureLatency({ start }: RequestState): number {
  return Math.round((performance.now() - start) * 100) / 100;
}

/** The path as it was sent, for the log: without the query, and still encoded. */
export function readSentPath(context: ServeContext): string {
  const { url = '' } = context.env.incoming;
  return url.replace(/[?#].*$/s, '').slice(0, 500);
}
