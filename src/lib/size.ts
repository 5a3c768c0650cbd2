const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** Formats `1536` as `1.5 KB`, in units of 1024. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? Math.round(value * 10) / 10 : Math.round(value)} ${UNITS[unit]}`;
}

/** Parses `500k`, `20m`, `1g` to bytes; undefined if the text is not a size above zero. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)\s*(k|m|g)b?$/i.exec(text);
  const unit = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match?.[2]?.toLowerCase() as 'k' | 'm' | 'g'];
  return match !== null && Number(match[1]) > 0 ? Number(match[1]) * unit : undefined;
}
