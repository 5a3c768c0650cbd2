import * as z from '../../../lib/zod.ts';
import { address, auth, commonSettings, headers } from '../settings.ts';

/** An entry of sources.yaml with `type: rss`. */
export const rssEntry = z.strictObject({
  url: address.describe('The address of the feed: RSS, Atom, RDF or JSON Feed'),
  headers,
  auth: auth.optional(),
  ...commonSettings,
  item: commonSettings.item.optional(),
});

export type RssEntry = z.output<typeof rssEntry>;
