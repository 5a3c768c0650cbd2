import { asOfCommand, type AsOfFlags } from '../commands/asof.ts';
import { Argument, type Command, Option } from 'commander';
import { planCommand, type PlanFlags, type PlanMode } from '../commands/plan.ts';
import { statusCommand, type StatusFlags } from '../commands/status.ts';
import { usageCommand, type UsageFlags } from '../commands/usage.ts';
import { verifyCommand, type VerifyFlags } from '../commands/verify.ts';
import { whyCommand, type WhyFlags } from '../commands/why.ts';
import type { Context } from '../app/context.ts';
import { inContext } from './action.ts';
import { printAsCalled } from './called.ts';
import { count, duration, list } from './flags.ts';
import { examples, print, screen } from './text.ts';

/** Commands that change nothing, `verify --stored --repair` apart. */
export function addLooks(program: Command): void {
  program
    .command('verify')
    .description('compare all stored keys and versions with the feed, and name what differs')
    .option('--resources <names>', 'these of RESOURCES; default: those with keys of their own', list)
    .option('--since <time>', 'only what changed since: 2026-03-19 or 2026-03-19T22:00:00Z')
    .option('--stored', 'compare each stored row with its stored payload instead; no calls')
    .option('--repair', 'with --stored: rewrite the rows that differ')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      examples('verify', 'verify --since 2026-03-01 --json', 'verify --stored', 'verify --stored --repair'),
    )
    .action((flags: VerifyFlags) =>
      inContext(
        program,
        (context, own: VerifyFlags) => verifyCommand(context, own, print),
        flags.repair !== true,
      )(flags),
    );
  program
    .command('why')
    .description('explain one record: how it stands here, in quarantine, and in the feed')
    .argument('<key>', 'its key: of a listing the ListingKey')
    .option('--resource <name>', 'which of RESOURCES it is of; default: Property')
    .option('--offline', 'do not ask the feed')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      examples('why 1155528690', 'why 1155528690 --offline', 'why 2003905820472 --resource Media'),
    )
    .action((key: string, flags: WhyFlags) => {
      const explain = (context: Context, own: WhyFlags): Promise<void> =>
        whyCommand(context, key, own, printAsCalled(program));
      return inContext(program, explain, true)(flags);
    });
  program
    .command('asof')
    .description("say what was known of a listing's price and status at a time (HISTORY=on)")
    .requiredOption('--listing <key>', 'its ListingKey')
    .requiredOption('--at <time>', '2026-03-19 or 2026-03-19T22:00:00Z')
    .option('--json', 'for programs')
    .addHelpText('after', examples('asof --listing 1155528690 --at 2026-03-19T22:00:00Z'))
    .action(inContext(program, (context, flags: AsOfFlags) => asOfCommand(context, flags, print), true));
  program
    .command('status')
    .description('show the last runs and how fresh each resource is')
    .option('--last <n>', 'how many runs', count, 10)
    .option('--check', 'only say whether the tables are fresh; exit code 1 where they are not')
    .option('--max-age <time>', 'how old they may be; default: ALERT_MAX_AGE', duration)
    .option('--watch', 'look again every two seconds, until Ctrl-C')
    .option('--json', 'for programs')
    .addHelpText('after', examples('status', 'status --last 3 --json', 'status --check --max-age 12h'))
    .action(
      inContext(
        program,
        (context, flags: StatusFlags) => statusCommand(context, flags, screen(printAsCalled(program))),
        true,
      ),
    );
  addCosts(program);
}

/** What calls have cost, and what a run would. */
function addCosts(program: Command): void {
  program
    .command('usage')
    .description('show the calls of the API, their share of the quota, and what they cost')
    .option('--days <n>', 'how many, today included', count, 30)
    .addOption(
      new Option('--by <what>', 'a line for each').choices(['day', 'resource', 'run']).default('day'),
    )
    .option('--json', 'for programs')
    .addOption(new Option('--csv', 'for spreadsheets').conflicts('json'))
    .addHelpText('after', examples('usage', 'usage --days 7 --by run', 'usage --days 365 --csv'))
    .action(inContext(program, (context, flags: UsageFlags) => usageCommand(context, flags, print), true));
  program
    .command('plan')
    .description('say what a run would take: calls, time, quota, rows, disk; one call a resource')
    .addArgument(
      new Argument('[run]', 'which one').choices(['sync', 'full-load', 'reconcile']).default('sync'),
    )
    .addOption(
      new Option('--every <time>', 'how often cron starts it').argParser(duration).default(900_000, '15m'),
    )
    .option('--json', 'for programs')
    .addHelpText('after', examples('plan', 'plan full-load --json', 'plan reconcile --every 1d'))
    .action((mode: PlanMode, flags: PlanFlags) =>
      inContext(program, (context, own: PlanFlags) => planCommand(context, mode, own, print), true)(flags),
    );
}
