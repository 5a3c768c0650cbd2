import type { AxiosStatic } from 'axios';
import { requireWithout } from '../lib/require-without.ts';

/**
 * Globals of fetch. Node 20 loads undici when one of the last three is first read. axios reads them while it loads, for its
 * fetch adapter; requests are sent by its http adapter.
 */
const FETCH_GLOBALS = ['fetch', 'FormData', 'Request', 'Response'];

/** Forms are not sent, and a tunnel through a proxy is opened by tunnel.ts. */
const ABSENT = { 'form-data': refuse, 'https-proxy-agent': refuse };

function refuse(): never {
  throw new Error('axios is used without form-data and https-proxy-agent');
}

let axios: AxiosStatic | undefined;

/**
 * Loads axios with the first request: its CommonJS build, which is one file instead of a hundred, without what is not used.
 * That takes 0.08 s of CPU instead of 0.22.
 */
export function loadAxios(): AxiosStatic {
  axios ??= withoutGlobals(FETCH_GLOBALS, () => requireWithout('axios', ABSENT) as AxiosStatic);
  return axios;
}

/** Hides globals while `load` runs, which must be synchronous: no other code sees that they are gone. */
function withoutGlobals<T>(names: readonly string[], load: () => T): T {
  const hidden = names.flatMap((name) => {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    return descriptor?.configurable === true ? [[name, descriptor] as const] : [];
  });
  for (const [name] of hidden) Reflect.deleteProperty(globalThis, name);
  try {
    return load();
  } finally {
    for (const [name, descriptor] of hidden) Object.defineProperty(globalThis, name, descriptor);
  }
}
