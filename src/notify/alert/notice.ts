import type { AlertKind } from '../../model/alert.ts';

/** A message, sent to people as mail or Slack text, to programs as JSON. It has no secrets, and a length that all channels accept. */
export type Notice = {
  readonly kind: AlertKind | 'test';
  readonly state: 'raised' | 'recovered' | 'test';
  /** One line. */
  readonly title: string;
  readonly text: string;
  /** The machine that sends it, and the database of the run. */
  readonly host: string;
  readonly database: string;
  readonly run: number | null;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly facts: Readonly<Record<string, string | number | null>>;
};

const MAX_TITLE = 150;
const MAX_TEXT = 4000;
/** Longer texts are refused: https://docs.slack.dev/reference/block-kit/blocks/section-block. */
const MAX_SLACK_TEXT = 3000;

/** Removes secrets, control characters and excess length from every text. */
export function cleanNotice(notice: Notice, clean: (text: string) => string): Notice {
  const facts = Object.entries(notice.facts).map(
    ([name, value]) => [name, typeof value === 'string' ? toLines(clean(value), MAX_TEXT) : value] as const,
  );
  return {
    ...notice,
    title: toOneLine(clean(notice.title), MAX_TITLE),
    text: toLines(clean(notice.text), MAX_TEXT),
    facts: Object.fromEntries(facts),
  };
}

/** Removes line breaks, which would start another header in a mail. */
export function toOneLine(text: string, max: number): string {
  return truncate(removeControls(text).replace(/\s+/g, ' ').trim(), max);
}

function toLines(text: string, max: number): string {
  return truncate(removeControls(text.replace(/\r\n?/g, '\n')).trim(), max);
}

/** Removes control characters except the line feed, and Unicode's line separators and direction marks. */
function removeControls(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?!\n)[\p{Cc}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, ' ');
}

function truncate(text: string, max: number, escape: (character: string) => string = String): string {
  let short = '';
  for (const character of text) {
    const next = short + escape(character);
    if (next.length > max) return `${makeRoomForEllipsis(short, max)}…`;
    short = next;
  }
  return short;
}

/** Also removes an incomplete character or `&amp;` at the end. */
function makeRoomForEllipsis(text: string, max: number): string {
  return text.slice(0, max - 1).replace(/&\w{0,3}$|[\uD800-\uDBFF]$/, '');
}

/** Returns a mail's subject and text. All subjects have the same prefix, so that a mailbox can filter them. */
export function formatMail(notice: Notice): { readonly subject: string; readonly text: string } {
  return {
    subject: `[trestle-etl] ${formatHeadline(notice)}`,
    text: `${notice.text}\n\n${formatOrigin(notice)}\n`,
  };
}

/** Returns the body of a Slack incoming webhook: https://docs.slack.dev/messaging/formatting-message-text. */
export function formatSlack(notice: Notice): { readonly text: string } {
  const [head, tail] = [escapeForSlack(formatHeadline(notice)), escapeForSlack(formatOrigin(notice))];
  const room = MAX_SLACK_TEXT - head.length - tail.length - 2;
  return { text: `${head}\n${truncate(notice.text, room, escapeForSlack)}\n${tail}` };
}

/** Prevents mentions and links. */
function escapeForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function formatHeadline({ state, title }: Notice): string {
  return state === 'recovered' ? `Recovered: ${title}` : title;
}

function formatOrigin({ kind, host, database, run, time }: Notice): string {
  const about = kind === 'test' ? '' : `; what to do: docs/runbook.md, "${kind}"`;
  return `-- trestle-etl on ${host}, database ${database}${run === null ? '' : `, run ${run}`}, ${time}${about}`;
}
