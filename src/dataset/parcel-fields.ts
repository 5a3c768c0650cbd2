/** What an account of an appraisal district has besides its number: columns of its table and of the views. */
export const PARCEL_FIELDS = [
  'owner',
  'address',
  'street_number',
  'street_name',
  'unit',
  'city',
  'postal_code',
  'neighborhood',
  'class',
  'market_value',
  'appraised_value',
  'land_square_feet',
  'acres',
  'living_area',
  'year_built',
  'bedrooms',
  'full_baths',
  'half_baths',
  'pools',
] as const;
export type ParcelField = (typeof PARCEL_FIELDS)[number];
