import type { Draft } from '../../app/draft.ts';
import { UsageError } from '../../errors.ts';

type Question = {
  readonly name: string;
  readonly prompt: string;
  readonly isHidden?: boolean;
  /** The default answer, if the variable has no default. */
  readonly offer?: (profile: string | undefined) => string;
};

const suggestName = (profile: string | undefined): string =>
  profile === undefined ? 'trestle' : `trestle_${profile.replaceAll('-', '_')}`;

const QUESTIONS: readonly Question[] = [
  { name: 'TRESTLE_CLIENT_ID', prompt: 'Client id of your Trestle connection' },
  { name: 'TRESTLE_CLIENT_SECRET', prompt: 'Its secret (not shown)', isHidden: true },
  { name: 'TRESTLE_API_BASE_URL', prompt: 'Root of the OData service' },
  { name: 'MYSQL_HOST', prompt: 'Database server' },
  { name: 'MYSQL_PORT', prompt: 'Its port' },
  { name: 'MYSQL_DATABASE', prompt: 'Database, for this feed alone', offer: suggestName },
  { name: 'MYSQL_USER', prompt: 'Database user', offer: () => 'trestle' },
  { name: 'MYSQL_PASSWORD', prompt: "The user's password (not shown; may be empty)", isHidden: true },
];

/**
 * Asks for the required settings and writes a first configuration.
 * @throws UsageError if there is no terminal; the error of the terminal if the user cancels.
 */
export async function askForSettings(draft: Draft, print: (text: string) => void): Promise<void> {
  const { terminal } = draft;
  if (!terminal.isInteractive) {
    throw new UsageError('init asks questions, and there is no terminal', {
      op: 'init',
      hint: `run it in a terminal; or copy ${draft.pattern} to ${draft.path} and fill it in`,
    });
  }
  try {
    print(`This writes ${draft.path}. Enter accepts the value in brackets; Ctrl-C cancels without writing.`);
    const answers = new Map<string, string>();
    for (const question of QUESTIONS) {
      const answer = await askUntilValid(question, draft, print);
      if (answer !== draft.preset(question.name)) answers.set(question.name, answer);
    }
    draft.write(answers);
  } finally {
    terminal.close();
  }
  print(`Wrote ${draft.path}, readable by its owner only. It lists every other setting with its default. Next:
  trestle-etl doctor       reports what is still missing, such as the database and its user
  trestle-etl full-load    loads the feed`);
}

/** Asks until the answer is valid. */
async function askUntilValid(
  question: Question,
  draft: Draft,
  print: (text: string) => void,
): Promise<string> {
  const { name, prompt, isHidden = false } = question;
  const preset = question.offer?.(draft.profile) ?? draft.preset(name);
  for (;;) {
    const typed = await draft.terminal.ask(`${prompt}${preset === '' ? '' : ` [${preset}]`}: `, isHidden);
    // A password may start or end with a space.
    const answer = name === 'MYSQL_PASSWORD' ? typed : typed.trim();
    const value = answer === '' ? preset : answer;
    const problem = draft.problem(name, value);
    if (problem === undefined) return value;
    print(`  ${name} ${problem}`);
  }
}
