/**
 * @typedef {{ name: string, type: { kind: string, length?: number, precision?: number, scale?: number } }} Field
 * @typedef {() => number} Luck from 0 up to 1
 * @typedef {{ field: Field, label: string, nulls: number }} Slot
 */

/** Fields that Trestle's Property has, whatever the licence. */
const FIELDS = 760;

/** A prime: every index below it gets a key of its own, and the order of keys says nothing about age. */
const KEYS = 400_000_009;

const words =
  `Maple Oak Harbor Valley Summit Canyon Meadow River Lake Garden Terrace Central Cooling Heating Forced Air Tile Wood
  Carpet Stone Granite Quartz Island Pantry Walk In Closet Ceiling Fan Bath Double Vanity Separate Shower Gas Electric
  Solar Panel Attached Detached Garage Carport Driveway Sprinkler Front Yard Back Covered Patio Deck Balcony Mountain View
  City Lights Corner Lot Level Cul De Sac Association Pool Spa Clubhouse Tennis Court Trail Public Sewer Water Septic Well`.split(
    /\s+/,
  );

/** @param {number} index */
export function keyOf(index) {
  return String(1_000_000_000 + ((index * 247_483_647) % KEYS));
}

/**
 * The fields of a listing in this feed: those that the tool has columns for, and local ones that it keeps as JSON only.
 * @param {readonly Field[]} own
 * @returns {Field[]}
 */
export function fieldsOf(own) {
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
  const local = Array.from({ length: Math.max(0, FIELDS - own.length) }, (_, at) => ({
    name: `X_${words[at % words.length]}${words[(at * 7 + 3) % words.length]}Local${at}`,
    type: types[at % types.length] ?? { kind: 'text' },
  }));
  return [...own, ...local];
}

/**
 * Makes the function that writes the listing with this index: the same text on every machine. It comes in two halves,
 * between which the ModificationTimestamp belongs.
 * @param {readonly Field[]} own
 * @returns {(index: number, revision: number) => [head: string, tail: string]}
 */
export function listingWriter(own) {
  const slots = fieldsOf(own).map((field, at) => ({
    field,
    label: `${at === 0 ? '{' : ','}${JSON.stringify(field.name)}:`,
    nulls: nullsOf(field, at < own.length),
  }));
  const stamped = slots.findIndex(({ field }) => field.name === 'ModificationTimestamp');
  return (index, revision) => {
    const luck = lucky(index);
    let head = '';
    for (const slot of slots.slice(0, stamped)) head += slot.label + valueOf(slot, index, revision, luck);
    let tail = '';
    for (const slot of slots.slice(stamped + 1)) tail += slot.label + valueOf(slot, index, revision, luck);
    return [`${head}${slots[stamped]?.label}"`, `"${tail}}`];
  };
}

/** @param {Field} field @param {boolean} isOwn */
function nullsOf({ name, type }, isOwn) {
  if (type.kind === 'key' || ['ListingId', 'ListPrice', 'StandardStatus', 'PublicRemarks'].includes(name))
    return 0;
  return isOwn ? 0.35 : 0.6;
}

/** mulberry32 @param {number} seed @returns {Luck} */
function lucky(seed) {
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
 * @param {Luck} luck
 * @returns {string} JSON
 */
function valueOf({ field, nulls }, index, revision, luck) {
  const isNull = luck() < nulls;
  const { name, type } = field;
  if (name === 'ListPrice') return `${250_000 + (index % 900) * 1000 + revision}.0`;
  if (name === 'ListingId') return `"SY${20_000_000 + index}"`;
  if (type.kind === 'key') return `"${keyOf(index)}"`;
  return isNull ? 'null' : plain(type, luck);
}

/** @param {Field['type']} type @param {Luck} luck */
function plain(type, luck) {
  switch (type.kind) {
    case 'integer':
      return String(Math.floor(luck() * 5000));
    case 'decimal':
      return `${Math.floor(luck() * 10 ** Math.min(6, (type.precision ?? 4) - (type.scale ?? 0)))}.0`;
    case 'boolean':
      return luck() < 0.5 ? 'true' : 'false';
    case 'date':
      return `"${instant(luck).slice(0, 10)}"`;
    case 'timestamp':
      return `"${instant(luck).slice(0, 23)}-00:00"`;
    case 'text':
      return `"${several(luck, 24, ',')}"`;
    case 'longtext':
      return `"${several(luck, 180, ' ')}."`;
    default:
      return `"${several(luck, 4, ' ').slice(0, type.length)}"`;
  }
}

/** @param {Luck} luck */
function instant(luck) {
  return new Date(Date.UTC(2023, 0, 1) + Math.floor(luck() * 6e10)).toISOString();
}

/** @param {Luck} luck @param {number} most @param {string} glue */
function several(luck, most, glue) {
  let text = words[Math.floor(luck() * words.length)] ?? '';
  for (let left = Math.floor(luck() * most); left > 0; left -= 1) {
    text += glue + words[Math.floor(luck() * words.length)];
  }
  return text;
}
