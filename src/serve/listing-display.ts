/**
 * SQL of `properties`: the seller allows the display of the listing on the internet. NULL: the feed has no such flag, or sent none.
 */
export const IS_DISPLAY_ALLOWED = 'COALESCE(internet_entire_listing_display_yn, 1) = 1';

/** SQL of `properties`: the listing exists, and its display is allowed. */
export const IS_SHOWN = `deleted_at IS NULL AND ${IS_DISPLAY_ALLOWED}`;

/** SQL of `properties`: the seller allows the display of the address. */
export const IS_ADDRESS_SHOWN = 'COALESCE(internet_address_display_yn, 1) = 1';
