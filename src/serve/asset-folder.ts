/** The folder of files that browsers load. The build fills it. This module and its chunk are both two levels below the root. */
export const ASSET_FOLDER = new URL('../../dist/assets/', import.meta.url);
