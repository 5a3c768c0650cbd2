/** Names that a configuration can use instead of a layout file. The layouts themselves are loaded when they are needed. */
export const LAYOUT_NAMES: readonly string[] = ['hcad', 'pacs', 'tarrant'];
