import { RequestError } from '../request-error.ts';

/** The names of this machine for its own programs. */
const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Checks the name under which we are called, also on loopback: a web page can make its own name point to 127.0.0.1 (DNS
 * rebinding), and its scripts could then read our answers.
 * @param hosts the `Host` headers: there must be one.
 * @param names of SERVE_NAMES, and the address that is listened on.
 * @throws RequestError (421)
 */
export function checkHost(hosts: readonly string[], names: readonly string[]): void {
  const [host = ''] = hosts;
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '');
  if (hosts.length === 1 && [...LOCAL_NAMES, ...names].includes(name)) return;
  throw new RequestError(421, 'unknown_host', 'host name not allowed: add it to SERVE_NAMES');
}
