import { FatalError } from '../../../errors.ts';

/**
 * Checks a nextLink and returns it unchanged.
 * @throws FatalError if it leads to another origin, which would receive the token, or back to a page that was read.
 */
export function checkNextLink(link: string, base: string, visited: ReadonlySet<string>): string {
  const target = URL.canParse(link) ? new URL(link) : undefined;
  if (target?.origin !== new URL(base).origin) {
    throw new FatalError(`the API's nextLink leads to ${target?.origin ?? 'no address'}: not followed`, {
      op: 'follow nextLink',
      hint: 'check TRESTLE_API_BASE_URL: it must name the host that the API itself uses',
    });
  }
  if ([...visited].some((page) => page === link || isSameAddress(page, target))) {
    throw new FatalError("the API's nextLink leads back to a page that was already read", {
      op: 'follow nextLink',
      hint: 'report it to Cotality; keyset pages (the default) need no links',
    });
  }
  return link;
}

/** Whether two addresses are equal once decoded: the API returns `'` as `%27`. */
function isSameAddress(address: string, other: URL): boolean {
  const { pathname, searchParams } = new URL(address);
  return pathname === other.pathname && searchParams.toString() === other.searchParams.toString();
}
