/**
 * @typedef {{ name: string, type: { kind: string, length?: number, precision?: number, scale?: number } }} Field
 * @typedef {() => number} Random from 0 to 1, exclusive
 * @typedef {{ field: Field, label: string, nulls: number }} Slot
 */

/** The number of fields of Trestle's Property, regardless of the licence. */
const FIELD_COUNT = 760;

/** A prime: every smaller index has a unique key, and the order of keys is unrelated to age. */
const KEY_COUNT = 400_000_009;

const WORDS =
  `Maple Oak Harbor Valley Summit Canyon Meadow River Lake Garden Terrace Central Cooling Heating Forced Air Tile Wood
  Carpet Stone Granite Quartz Island Pantry Walk In Closet Ceiling Fan Bath Double Vanity Separate Shower Gas Electric
  Solar Panel Attached Detached Garage Carport Driveway Sprinkler Front Yard Back Covered Patio Deck Balcony Mountain View
  City Lights Corner Lot Level Cul De Sac Association Pool Spa Clubhouse Tennis Court Trail Public Sewer Water Septic Well`.split(
    /\s+/,
  );

/** @param {number} index */
export function keyOf(index) {
  return String(1_000_000_000 + ((index * 247_483_647) % KEY_COUNT));
}

/**
 * Lists the fields of a listing in this feed: those with a column, and local ones that are stored only as JSON.
 * @param {readonly Field[]} own
 * @returns {Field[]}
 */
export function listFields(own) {
  /** @type {Field['type'][]} */
  const types = [
    { kind: 'text' },
    { kind: 'boolean' },
    { kind: 'string', length: 100 },
    { kind: 'decimal', precision: 14, scale: 2 },
    { kind: 'string', length: 50 },
    { kind: 'integer' },
    { kind: 'timestamp' },
  ];
  const local = Array.from({ length: Math.max(0, FIELD_COUNT - own.length) }, (_, at) => ({
    name: `X_${WORDS[at % WORDS.length]}${WORDS[(at * 7 + 3) % WORDS.length]}Local${at}`,
    type: types[at % types.length] ?? { kind: 'text' },
  }));
  return [...own, ...local];
}

/**
 * Creates a function that writes the listing of an index, identical on every machine. It returns the text before and after
 * the ModificationTimestamp.
 * @param {readonly Field[]} own
 * @returns {(index: number, revision: number) => [head: string, tail: string]}
 */
export function createListingWriter(own) {
  const slots = listFields(own).map((field, at) => ({
    field,
    label: `${at === 0 ? '{' : ','}${JSON.stringify(field.name)}:`,
    nulls: nullShare(field, at < own.length),
  }));
  const stamped = slots.findIndex(({ field }) => field.name === 'ModificationTimestamp');
  return (index, revision) => {
    const random = createRandom(index);
    let head = '';
    for (const slot of slots.slice(0, stamped)) head += slot.label + valueOf(slot, index, revision, random);
    let tail = '';
    for (const slot of slots.slice(stamped + 1)) tail += slot.label + valueOf(slot, index, revision, random);
    return [`${head}${slots[stamped]?.label}"`, `"${tail}}`];
  };
}

/** @param {Field} field @param {boolean} isOwn */
function nullShare({ name, type }, isOwn) {
  if (type.kind === 'key' || ['ListingId', 'ListPrice', 'StandardStatus', 'PublicRemarks'].includes(name))
    return 0;
  return isOwn ? 0.35 : 0.6;
}

/** mulberry32 @param {number} seed @returns {Random} */
function createRandom(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * @param {Slot} slot
 * @param {number} index
 * @param {number} revision
 * @param {Random} random
 * @returns {string} JSON
 */
function valueOf({ field, nulls }, index, revision, random) {
  const isNull = random() < nulls;
  const { name, type } = field;
  if (name === 'ListPrice') return `${250_000 + (index % 900) * 1000 + revision}.0`;
  if (name === 'ListingId') return `"SY${20_000_000 + index}"`;
  if (type.kind === 'key') return `"${keyOf(index)}"`;
  return isNull ? 'null' : plain(type, random);
}

/** @param {Field['type']} type @param {Random} random */
function plain(type, random) {
  switch (type.kind) {
    case 'integer':
      return String(Math.floor(random() * 5000));
    case 'decimal':
      return `${Math.floor(random() * 10 ** Math.min(6, (type.precision ?? 4) - (type.scale ?? 0)))}.0`;
    case 'boolean':
      return random() < 0.5 ? 'true' : 'false';
    case 'date':
      return `"${randomInstant(random).slice(0, 10)}"`;
    case 'timestamp':
      return `"${randomInstant(random).slice(0, 23)}-00:00"`;
    case 'text':
      return `"${randomWords(random, 24, ',')}"`;
    case 'longtext':
      return `"${randomWords(random, 180, ' ')}."`;
    default:
      return `"${randomWords(random, 4, ' ').slice(0, type.length)}"`;
  }
}

/** @param {Random} random */
function randomInstant(random) {
  return new Date(Date.UTC(2023, 0, 1) + Math.floor(random() * 6e10)).toISOString();
}

/** @param {Random} random @param {number} max @param {string} glue */
function randomWords(random, max, glue) {
  let text = WORDS[Math.floor(random() * WORDS.length)] ?? '';
  for (let left = Math.floor(random() * max); left > 0; left -= 1) {
    text += glue + WORDS[Math.floor(random() * WORDS.length)];
  }
  return text;
}
