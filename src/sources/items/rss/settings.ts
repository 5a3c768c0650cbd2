import * as z from '../../../lib/zod.ts';
import { address, auth, commonSettings, headers } from '../settings.ts';

// The descriptions are shown by editors (schema/sources.schema.json).

/** An entry of sources.yaml with `type: rss`. */
export const rssEntry = z.strictObject({
  url: address.describe('The address of the feed: RSS, Atom, RDF or JSON Feed'),
  headers,
  auth: auth.optional(),
  html: z
    .enum(['text', 'keep'])
    .default('text')
    .describe('keep: descriptions stay HTML as the feed has it. Who shows it must make it safe'),
  identity: z
    .enum(['id', 'link', 'link+date'])
    .default('id')
    .describe('What tells two entries apart: link, if the feed changes the ids of its entries'),
  ...commonSettings,
  item: commonSettings.item.optional(),
});

export type RssEntry = z.output<typeof rssEntry>;
