import type { AlertKind } from '../../model/alert.ts';

/** What is sent: to people as mail or Slack text, to programs as JSON. Free of secrets, and of a length that all ways take. */
export type Notice = {
  readonly kind: AlertKind | 'test';
  readonly state: 'raised' | 'recovered' | 'test';
  /** One line. */
  readonly title: string;
  readonly text: string;
  /** The machine that it comes from, and the database that it is about. */
  readonly host: string;
  readonly database: string;
  readonly run: number | null;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly facts: Readonly<Record<string, string | number | null>>;
};

const LONGEST_TITLE = 150;
const LONGEST_TEXT = 4000;
/** https://docs.slack.dev/reference/block-kit/blocks/section-block: longer texts are refused. */
const LONGEST_SLACK = 3000;

/** The same notice with secrets, control characters and excess length taken out of every text. */
export function tidied(notice: Notice, clean: (text: string) => string): Notice {
  const facts = Object.entries(notice.facts).map(
    ([name, value]) => [name, typeof value === 'string' ? lines(clean(value), LONGEST_TEXT) : value] as const,
  );
  return {
    ...notice,
    title: oneLine(clean(notice.title), LONGEST_TITLE),
    text: lines(clean(notice.text), LONGEST_TEXT),
    facts: Object.fromEntries(facts),
  };
}

/** In one line: a line break in a mail's subject would begin another header. */
export function oneLine(text: string, most: number): string {
  return shortened(withoutControls(text).replace(/\s+/g, ' ').trim(), most);
}

function lines(text: string, most: number): string {
  return shortened(withoutControls(text.replace(/\r\n?/g, '\n')).trim(), most);
}

/** All but the line feed, and those that Unicode has for lines and for the direction of writing. */
function withoutControls(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?!\n)[\p{Cc}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, ' ');
}

function shortened(text: string, most: number, escape: (character: string) => string = String): string {
  let short = '';
  for (const character of text) {
    const next = short + escape(character);
    if (next.length > most) return `${cut(short, most)}…`;
    short = next;
  }
  return short;
}

/** Leaves room for the ellipsis, and no half of a character or of an `&amp;`. */
function cut(text: string, most: number): string {
  return text.slice(0, most - 1).replace(/&\w{0,3}$|[\uD800-\uDBFF]$/, '');
}

/** A mail's subject and text; all of them begin alike, so that a mailbox can sort them. */
export function asMail(notice: Notice): { readonly subject: string; readonly text: string } {
  return { subject: `[trestle-etl] ${headline(notice)}`, text: `${notice.text}\n\n${origin(notice)}\n` };
}

/** What Slack's incoming webhooks take: https://docs.slack.dev/messaging/formatting-message-text. */
export function asSlack(notice: Notice): { readonly text: string } {
  const [head, tail] = [marked(headline(notice)), marked(origin(notice))];
  const room = LONGEST_SLACK - head.length - tail.length - 2;
  return { text: `${head}\n${shortened(notice.text, room, marked)}\n${tail}` };
}

/** Without these it would call people, or link to where nobody means to. */
function marked(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function headline({ state, title }: Notice): string {
  return state === 'recovered' ? `Recovered: ${title}` : title;
}

function origin({ kind, host, database, run, time }: Notice): string {
  const about = kind === 'test' ? '' : `; what to do: docs/runbook.md, "${kind}"`;
  return `-- trestle-etl on ${host}, database ${database}${run === null ? '' : `, run ${run}`}, ${time}${about}`;
}
