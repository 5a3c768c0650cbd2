const MONTHS = {
  de: 'Jan,Feb,März,Apr,Mai,Juni,Juli,Aug,Sept,Okt,Nov,Dez'.split(','),
  fr: 'janv.,févr.,mars,avr.,mai,juin,juil.,août,sept.,oct.,nov.,déc.'.split(','),
  es: 'ene,feb,mar,abr,may,jun,jul,ago,sep,oct,nov,dic'.split(','),
};

const two = (number: number): string => String(number).padStart(2, '0');

function localDate(at: Date, months: readonly string[], day: string): string {
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${day}, ${two(at.getUTCDate())} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()} ${time} +0000`;
}

/** Dates as feeds write them, in turn. The last two cannot be read. */
const FORMS: readonly ((at: Date) => string)[] = [
  (at) => localDate(at, MONTHS.de, 'Mi'),
  (at) => localDate(at, MONTHS.fr, 'mer.'),
  (at) => localDate(at, MONTHS.es, 'mié'),
  (at) => new Date(at.getTime() - 5 * 3_600_000).toUTCString().replace('GMT', 'EST'),
  (at) => new Date(at.getTime() - 7 * 3_600_000).toUTCString().replace('GMT', 'PDT'),
  (at) => at.toISOString().slice(0, 19).replace('T', ' '),
  (at) => at.toISOString().slice(0, 10),
  (at) => String(Math.floor(at.getTime() / 1000)),
  () => 'Tue, 31 Feb 2026 10:00:00 +0000',
  () => 'last Tuesday',
];

/** The date of an entry in the form that belongs to its place in the feed. */
export function oddDate(at: number, index: number): string {
  return FORMS[index % FORMS.length]!(new Date(at));
}
