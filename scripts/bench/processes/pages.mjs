/** @typedef {Record<string, string | number | boolean | null>} FeedRecord */

/**
 * Fetches the pages of the feed in order, like a short program.
 * @param {string} [after] an instant; without it the complete feed
 * @returns {AsyncGenerator<FeedRecord[]>}
 */
export async function* fetchPages(after) {
  const { TRESTLE_TOKEN_URL = '', TRESTLE_API_BASE_URL = '', PAGE_SIZE } = process.env;
  const signedIn = await fetch(TRESTLE_TOKEN_URL, { method: 'POST' });
  const { access_token: token } = JSON.parse(await signedIn.text());
  let filter = after === undefined ? undefined : `ModificationTimestamp gt ${after}`;
  for (;;) {
    const query = new URLSearchParams({
      ...(filter === undefined ? {} : { $filter: filter }),
      $orderby: 'ModificationTimestamp asc,ListingKey asc',
      $top: PAGE_SIZE ?? '1000',
    });
    const answer = await fetch(`${TRESTLE_API_BASE_URL}/Property?${query.toString()}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    /** @type {{ value: FeedRecord[] }} */
    const { value } = JSON.parse(await answer.text());
    const last = value.at(-1);
    if (last === undefined) return;
    yield value;
    if (value.length < Number(PAGE_SIZE)) return;
    const { ModificationTimestamp: time, ListingKey: key } = last;
    filter = `(ModificationTimestamp gt ${time} or (ModificationTimestamp eq ${time} and ListingKey gt '${key}'))`;
  }
}
