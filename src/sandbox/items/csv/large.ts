import { drawNumber } from '../../county/data/draw.ts';
import { brokerages, firstNames, lastNames, streets } from '../../trestle/data/words.ts';

export const LARGE_COLUMNS = [
  'id',
  'title',
  'description',
  'category',
  'url',
  'amount',
  'quantity',
  'published',
  'zip',
  'agent',
] as const;

const CATEGORIES = ['Residential', 'Commercial', 'Land', 'Lease'];
const ROWS_PER_CHUNK = 500;

/** A row of the large file. It depends on its number and the seed only: no row needs the others. */
function largeRow(number: number, seed: number): string {
  const draw = drawNumber(seed, number);
  const pick = <T>(list: readonly T[], salt: number): T =>
    list[Math.floor(drawNumber(seed, number, salt) * list.length)]!;
  const street = `${100 + Math.floor(draw * 9800)} ${pick(streets, 1)} Street`;
  const day = new Date(Date.UTC(2020, 0, 1) + Math.floor(draw * 2000) * 86_400_000)
    .toISOString()
    .slice(0, 10);
  return [
    String(number).padStart(8, '0'),
    street,
    `"House on ${pick(streets, 2)} Street, ${2 + Math.floor(draw * 4)} bedrooms, ""as is"""`,
    pick(CATEGORIES, 3),
    `https://data.example.gov/parcels/${number}`,
    `${Math.floor(draw * 900_000)}.${String(number % 100).padStart(2, '0')}`,
    String(number % 12),
    day,
    `0${7000 + (number % 1000)}`,
    `${pick(firstNames, 4)} ${pick(lastNames, 5)} (${pick(brokerages, 6)})`,
  ].join(',');
}

/** A CSV file of ten columns, with so many rows, as UTF-8 in chunks: it is never in memory as a whole. */
export function* writeLargeCsv(rows: number, seed: number): Generator<Buffer> {
  yield Buffer.from(`${LARGE_COLUMNS.join(',')}\n`);
  for (let start = 1; start <= rows; start += ROWS_PER_CHUNK) {
    let text = '';
    for (let number = start; number < Math.min(start + ROWS_PER_CHUNK, rows + 1); number += 1)
      text += `${largeRow(number, seed)}\n`;
    yield Buffer.from(text);
  }
}
