import type { Draft } from '../../app/draft.ts';
import { UsageError } from '../../errors.ts';

type Question = {
  readonly name: string;
  readonly says: string;
  readonly isHidden?: boolean;
  /** What is offered where the variable has no default of its own. */
  readonly offer?: (profile: string | undefined) => string;
};

const suggestName = (profile: string | undefined): string =>
  profile === undefined ? 'trestle' : `trestle_${profile.replaceAll('-', '_')}`;

const QUESTIONS: readonly Question[] = [
  { name: 'TRESTLE_CLIENT_ID', says: 'Client id of your Trestle connection' },
  { name: 'TRESTLE_CLIENT_SECRET', says: 'Its secret (not shown)', isHidden: true },
  { name: 'TRESTLE_API_BASE_URL', says: 'Root of the OData service' },
  { name: 'MYSQL_HOST', says: 'Database server' },
  { name: 'MYSQL_PORT', says: 'Its port' },
  { name: 'MYSQL_DATABASE', says: 'Database, for this feed alone', offer: suggestName },
  { name: 'MYSQL_USER', says: 'Database user', offer: () => 'trestle' },
  { name: 'MYSQL_PASSWORD', says: "The user's password (not shown; may be empty)", isHidden: true },
];

/**
 * Writes a first configuration by asking for what it needs.
 * @throws UsageError without a terminal; what the terminal throws where the person leaves.
 */
export async function askForSettings(draft: Draft, print: (text: string) => void): Promise<void> {
  const { terminal } = draft;
  if (!terminal.isThere) {
    throw new UsageError('init asks questions, and there is no terminal', {
      op: 'init',
      hint: `run it in a terminal; or copy ${draft.pattern} to ${draft.path} and fill it in`,
    });
  }
  try {
    print(`This writes ${draft.path}. Enter takes what stands in brackets; Ctrl-C leaves without writing.`);
    const answers = new Map<string, string>();
    for (const question of QUESTIONS) {
      const answer = await askUntilValid(question, draft, print);
      if (answer !== draft.preset(question.name)) answers.set(question.name, answer);
    }
    draft.write(answers);
  } finally {
    terminal.close();
  }
  print(`${draft.path} is written, for its owner only; every other setting stands in it with its default. Next:
  trestle-etl doctor       says what is still missing: the database and its user, for instance
  trestle-etl full-load    loads the feed`);
}

/** Asks until the answer will do. */
async function askUntilValid(
  question: Question,
  draft: Draft,
  print: (text: string) => void,
): Promise<string> {
  const { name, says, isHidden = false } = question;
  const offered = question.offer?.(draft.profile) ?? draft.preset(name);
  for (;;) {
    const typed = await draft.terminal.ask(`${says}${offered === '' ? '' : ` [${offered}]`}: `, isHidden);
    // A password may begin or end with a space.
    const answer = name === 'MYSQL_PASSWORD' ? typed : typed.trim();
    const taken = answer === '' ? offered : answer;
    const problem = draft.problem(name, taken);
    if (problem === undefined) return taken;
    print(`  ${name} ${problem}`);
  }
}
