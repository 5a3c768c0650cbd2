/**
 * Resolves the address of a next page.
 * @param from the address of the page that has it.
 * @param hidden a parameter with a key, which some servers repeat; it is removed.
 * @returns undefined if there is no address, or it is not one.
 */
export function resolveNext(found: unknown, from: string, hidden: string | undefined): string | undefined {
  if (typeof found !== 'string' || found === '' || !URL.canParse(found, from)) return undefined;
  const url = new URL(found, from);
  const base = new URL(from);
  if (!/^https?:$/.test(url.protocol)) return undefined;
  // Servers behind a proxy that ends TLS often write http.
  if (base.protocol === 'https:' && url.hostname === base.hostname) url.protocol = 'https:';
  url.username = '';
  url.password = '';
  if (hidden !== undefined && url.searchParams.has(hidden)) url.searchParams.delete(hidden);
  return url.href;
}
