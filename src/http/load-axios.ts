import { createRequire } from 'node:module';
import type { AxiosStatic } from 'axios';

const require = createRequire(import.meta.url);

/**
 * Globals of fetch. Node 20 loads undici, a third of what axios costs, when one of the last three is first read. axios reads
 * them while it loads, for its fetch adapter; requests are sent by its http adapter.
 */
const FETCH_GLOBALS = ['fetch', 'FormData', 'Request', 'Response'];

let axios: AxiosStatic | undefined;

/** Loads axios with the first request. Its CommonJS build is one file, and loads twice as fast as its hundred ESM files. */
export function loadAxios(): AxiosStatic {
  axios ??= withoutGlobals(FETCH_GLOBALS, () => require('axios') as AxiosStatic);
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
