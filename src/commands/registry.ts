import { alert } from './alert/index.ts';
import { asof } from './asof/index.ts';
import { completion } from './completion/index.ts';
import { doctor } from './doctor/index.ts';
import { fields } from './fields/index.ts';
import { fullLoad } from './full-load/index.ts';
import { init } from './init/index.ts';
import { media } from './media/index.ts';
import { migrate } from './migrate/index.ts';
import { parcels } from './parcels/index.ts';
import { plan } from './plan/index.ts';
import { quarantine } from './quarantine/index.ts';
import { reconcile } from './reconcile/index.ts';
import { releases } from './releases/index.ts';
import { reprocess } from './reprocess/index.ts';
import { rollback } from './rollback/index.ts';
import { sandbox } from './sandbox/index.ts';
import { schema } from './schema/index.ts';
import type { CommandDefinition } from './shared/definition.ts';
import { serve } from './serve/index.ts';
import { sources } from './sources/index.ts';
import { status } from './status/index.ts';
import { sync } from './sync/index.ts';
import { undelete } from './undelete/index.ts';
import { usage } from './usage/index.ts';
import { verify } from './verify/index.ts';
import { why } from './why/index.ts';

/** All commands, in the order of `--help`. The code of a command is imported when it is called. */
export const COMMANDS: readonly CommandDefinition[] = [
  sync,
  fullLoad,
  reconcile,
  media,
  serve,
  status,
  verify,
  why,
  asof,
  usage,
  plan,
  sources,
  releases,
  parcels,
  quarantine,
  reprocess,
  undelete,
  rollback,
  init,
  doctor,
  migrate,
  fields,
  schema,
  alert,
  completion,
  sandbox,
];
