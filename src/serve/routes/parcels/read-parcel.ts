import { whole } from '../../parameters/types.ts';
import { RequestError } from '../../request-error.ts';
import { defineRoute } from '../../route.ts';
import { parcelSchema } from './columns.ts';
import { readAccount } from './read-account.ts';

const parameters = {
  tax_year: whole(1900, 2200).optional().meta({ description: 'Tax year. Unset: the newest.' }),
} as const;

export const readParcel = defineRoute({
  id: 'readParcel',
  path: '/parcels/{county}/{account}',
  group: 'Parcels',
  summary: 'Value and building of an account of a county; never its owner',
  isListing: true,
  parameters,
  pathParameters: {
    county: 'Name of the county in sources.yaml.',
    account: 'Number of the account, with its leading zeros.',
  },
  answer: parcelSchema,
  read: async ({ path: { county = '', account = '' }, query }, { database }) => {
    const data = await readAccount(database, county, account, query.tax_year);
    if (data === undefined) throw new RequestError(404, 'not_found', 'there is no such county or account');
    return { data };
  },
});
