import type { Random } from '../random.ts';

const openings = [
  'Welcome home! 🏡 This {beds}-bedroom gem in {area} has been lovingly cared for by the same family for decades.',
  'Tucked away on a quiet, tree-lined street in {city}, this home offers privacy &amp; convenience in equal parts.',
  'Rare opportunity in {area}: "turn-key" living, steps from cafés, parks and top-rated schools.',
  'Stunning views 🌄 from nearly every room of this {city} residence.',
  'Investors and first-time buyers alike: don\'t miss this one, priced to sell "as is".',
  'Charm meets modern comfort in this beautifully renovated home near downtown {city}.',
];

const middles = [
  'The chef’s kitchen has quartz counters, a 36" range and an island that seats four.',
  'Original hardwood floors, coved ceilings and a wood-burning fireplace keep the character intact.',
  'Primary suite w/ walk-in closet &amp; spa-like bath; laundry is on the same floor.',
  'The back yard is made for entertaining: covered patio, raised beds, room for a pool 🏊.',
  'Roof 2021, HVAC 2022, water heater 2023; a list of upgrades is attached to the listing.',
  'Détente is easy in the sun room; a piñon stands in the courtyard.',
  'Two-car garage with 240 V outlet, plus RV parking < 10 ft from the gate.',
  'HOA dues cover water, trash & common-area insurance.',
  'Low taxes; no Mello-Roos.\tSolar is owned, not leased ☀️.',
  'The finished basement (≈ 640 sq. ft.) has its own entrance and 8½-foot ceilings.',
];

const endings = [
  'Showings start Friday. Call today!',
  'Buyer to verify all information; square footage &amp; lot size are from public records.',
  'Offers are reviewed as received 📩.',
  "See the virtual tour — it won't last!!",
];

/** Makes remarks of a few hundred characters, occasionally of several thousand. */
export function makeRemarks(source: Random, home: { beds: number; city: string; area: string }): string {
  const paragraphs = source.chance(1 / 60) ? source.int(8, 16) : source.int(1, 2);
  const parts: string[] = [];
  for (let i = 0; i < paragraphs; i++)
    parts.push([source.pick(openings), ...source.pickSome(middles, 4), source.pick(endings)].join(' '));
  return parts
    .join(source.chance(0.5) ? '\n\n' : '\r\n')
    .replaceAll('{beds}', String(home.beds))
    .replaceAll('{city}', home.city)
    .replaceAll('{area}', home.area);
}
