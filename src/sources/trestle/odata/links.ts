import { FatalError } from '../../../errors.ts';

/**
 * A nextLink that may be followed, byte for byte.
 * @throws FatalError for one that leads to another origin, which would be handed the token, or back to where we were.
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
    throw new FatalError("the API's nextLink leads back to a page that was read already", {
      op: 'follow nextLink',
      hint: 'report it to the feed; keyset pages (the default) need no links',
    });
  }
  return link;
}

/** Whether an address is this one, however its characters are written: `'` comes back as `%27`. */
function isSameAddress(address: string, other: URL): boolean {
  const { pathname, searchParams } = new URL(address);
  return pathname === other.pathname && searchParams.toString() === other.searchParams.toString();
}
