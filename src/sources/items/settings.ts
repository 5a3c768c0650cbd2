import * as z from '../../lib/zod.ts';
import { itemMapping } from './map/settings.ts';

// The descriptions are shown by editors (schema/sources.schema.json).

/** What entries of every kind of item source have. */
export const commonSettings = {
  empty: z
    .array(z.string())
    .default([])
    .describe('Texts that mean that there is no value, such as "." or "N/A"'),
  deletes: z
    .enum(['never', 'absent'])
    .default('never')
    .describe('absent: items that a complete read does not have are marked as deleted'),
  item: itemMapping.describe('The fields of an item, and the fields of a record that they come from'),
};

/** The address of a server; it may have a query. */
export const address = z
  .string()
  .refine(isHttpAddress, { error: 'must be an address that begins with https:// or http://', abort: true })
  .refine(hasNoUser, 'has a user and a password: write them as auth: { basic, password }');

const text = z.string().min(1);

export const headers = z
  .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header'), z.string())
  .default({})
  .describe('Headers of every request');

/** The five ways to sign in. */
export const auth = z
  .union(
    [
      z.strictObject({ bearer: text.describe('A token that does not expire') }),
      z.strictObject({ header: text.describe('The name of a header'), value: text }),
      z.strictObject({ query: text.describe('The name of a parameter'), value: text }),
      z.strictObject({ basic: text.describe('The name of the user'), password: z.string() }),
      z.strictObject({
        oauth2: address.describe('The address of the token endpoint (client credentials)'),
        client_id: text,
        client_secret: text,
        scope: z.string().default(''),
        send: z
          .enum(['body', 'header'])
          .default('body')
          .describe('header: the client id and secret are sent as basic authentication'),
      }),
    ],
    'must be one of: { bearer }, { header, value }, { query, value }, { basic, password }, { oauth2, client_id, client_secret, scope, send }',
  )
  .describe('How requests are authorised. Take the secret from .env: ${NAME}');

export type Auth = z.output<typeof auth>;

function isHttpAddress(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function hasNoUser(value: string): boolean {
  const { username, password } = new URL(value);
  return username === '' && password === '';
}
