/** SQL of `properties`: the address as v_listings has it. */
export const STREET_ADDRESS =
  "CASE WHEN COALESCE(street_name, '') = '' THEN unparsed_address ELSE CONCAT_WS(' ', NULLIF(street_number, ''), " +
  "NULLIF(street_dir_prefix, ''), street_name, NULLIF(street_suffix, ''), NULLIF(street_dir_suffix, ''), " +
  "CONCAT('#', NULLIF(NULLIF(unit_number, ''), 'None'))) END";

/** Names of columns that show the address of a listing, or its place on a map. */
const ADDRESS_NAMES =
  /address|street|unit_number|parcel|latitude|longitude|coordinate|directions|(?:^|_)map_|building_name|legal|postal_code_plus|cross_street|virtual_tour|^tax_(?:block|lot|tract|book)|what3words|plus_code/;

/** Whether a column of `properties` must be hidden together with the address. */
export function showsAddress(name: string): boolean {
  return ADDRESS_NAMES.test(name);
}
