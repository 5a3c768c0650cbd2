import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/db/pool.ts';
import { clock } from '../../src/host/clock.ts';
import { acquireLock } from '../../src/host/lock.ts';
import { openMeter } from '../../src/host/meter.ts';
import { createODataSource, type ODataOptions } from '../../src/sources/trestle/odata/index.ts';
import { createRecall } from '../../src/lib/recall.ts';
import type { Dataset } from '../../src/dataset/dataset.ts';
import type { ChildStrategy } from '../../src/model/child-strategy.ts';
import type { Log, Logger } from '../../src/model/log.ts';
import { customProperty } from '../../src/sources/trestle/datasets/custom-property.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { childTablesOf } from '../../src/load/remove.ts';
import { resources } from '../../src/sources/trestle/datasets/index.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { type RunOutcome, run } from '../../src/run/run.ts';
import { withRun } from '../../src/run/lifecycle.ts';
import { type Findings, reconcile, type ReconcileOptions } from '../../src/run/repair/reconcile.ts';
import type { RunOptions, RunTools } from '../../src/run/active-run.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/trestle/index.ts';
import { atFileEnd } from './clean-up.ts';
import { type FreshDatabase, isKept } from './database.ts';
import { migratedDatabase } from './template.ts';

const cleanups: (() => Promise<void> | void)[] = [];

atFileEnd(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A folder that is gone when the test file ends, unless TRESTLE_TEST_KEEP is set. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trestle-etl-'));
  if (!isKept) cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A sandbox that is closed when the test file ends. */
export async function sandboxFor(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  cleanups.push(() => sandbox.close());
  return sandbox;
}

export type Settings = Partial<RunTools['settings']> & {
  readonly odata?: Partial<ODataOptions>;
  readonly signal?: AbortSignal;
  readonly stateDir?: string;
  readonly tools?: Partial<RunTools>;
};

export type Pipeline = {
  readonly sandbox: Sandbox;
  readonly db: FreshDatabase;
  readonly database: Database;
  /** What was logged, as `message` and data. */
  readonly lines: Line[];
  tools(settings?: Settings): RunTools;
  /** A reconcile over the real modules, of listings unless another resource is given. */
  reconcile(
    options?: Partial<ReconcileOptions> & { dryRun?: boolean; resource?: Dataset },
    settings?: Settings,
  ): Promise<Findings>;
  /** One run over the real modules: HTTP to the sandbox, SQL to the server. */
  run(options?: Partial<RunOptions>, settings?: Settings): Promise<RunOutcome>;
};

export type Line = { readonly level: string; readonly message: string; readonly data: object };

/** A sandbox, a database and everything between them, as context.ts builds it. `freshDatabase` gives it an empty one. */
export async function pipeline(
  options: SandboxOptions = {},
  makeDatabase: () => Promise<FreshDatabase> = migratedDatabase,
): Promise<Pipeline> {
  const sandbox = await sandboxFor(options);
  const db = await makeDatabase();
  const stateDir = temporaryFolder();
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  cleanups.push(() => database.close());
  const lines: Line[] = [];
  const log = logInto(lines);
  const tools = (settings: Settings = {}): RunTools => {
    const dir = settings.stateDir ?? stateDir;
    const meter = settings.tools?.meter ?? openMeter({ dir, host: 'test', clock, log: log.main });
    return {
      database,
      source: createODataSource({
        ...odataOptions(sandbox, dir, log),
        meter,
        ...settings.odata,
      }),
      log,
      clock,
      random: Math.random,
      progress: {
        show: () => undefined,
        showBytes: () => undefined,
        showText: () => undefined,
        report: () => undefined,
        end: () => undefined,
      },
      signal: settings.signal ?? new AbortController().signal,
      acquireLock: () => acquireLock(dir, log.main),
      setRun: meter.setRun,
      meter,
      recall: createRecall(clock.now, 60_000),
      catalogue: resources,
      hasNewFields: () => false,
      clean: (text) => text,
      readCapacity: () => ({ disks: [], memory: Infinity }),
      host: 'test',
      version: '0.0.0',
      settings: {
        batchSize: 100,
        keepPayload: true,
        keepHistory: false,
        pageSize: settings.odata?.pageSize ?? 1000,
        overlap: 600_000,
        schemaAge: 86_400_000,
        filters: settings.odata?.filters ?? {},
        childStrategy: childStrategy(),
        minFree: { disk: 1, memory: 1 },
        retention: { runDays: 400, deletedDays: 400, historyDays: undefined },
        ...settings,
      },
      ...settings.tools,
    };
  };
  return {
    sandbox,
    db,
    database,
    lines,
    tools,
    reconcile: async ({ dryRun = false, resource = property, ...rest } = {}, settings = {}) => {
      let findings: Findings | undefined;
      await withRun(tools(settings), { mode: 'reconcile', resources: [resource], dryRun }, async (active) => {
        const rules = { isHard: false, isForced: false, maxDeletePercent: 5, ...rest };
        findings = await reconcile(
          active,
          resource,
          childTablesOf(resource, [property, media, customProperty]),
          rules,
        );
        return 'success';
      });
      return findings!;
    },
    run: (runOptions = {}, settings = {}) =>
      run(tools(settings), {
        mode: 'sync',
        resources: [property, media],
        dryRun: false,
        restart: false,
        strategy: 'keyset',
        ...runOptions,
      }),
  };
}

/** `resource`, unless a test file is run again with the other ways to request child records. */
function childStrategy(): ChildStrategy {
  const strategy = process.env['TEST_CHILD_STRATEGY'];
  return strategy === 'expand' || strategy === 'auto' ? strategy : 'resource';
}

function odataOptions(sandbox: Sandbox, stateDir: string, log: Log): ODataOptions {
  return {
    base: sandbox.url,
    tokenUrl: sandbox.tokenUrl,
    clientId: sandbox.clientId,
    clientSecret: sandbox.clientSecret,
    pageSize: 1000,
    filters: {},
    timeout: 10_000,
    maxRetries: 3,
    deadline: 60_000,
    reservePercent: 10,
    maxWait: 60_000,
    minute: 60_000,
    tokenFile: join(stateDir, 'token.json'),
    quotaFile: join(stateDir, 'quota.json'),
    clock,
    random: () => 0.01,
    log,
    onToken: () => undefined,
  };
}

function logInto(lines: Line[]): Log {
  const at = (level: string) => (data: object, message: string) => void lines.push({ level, message, data });
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { main: logger, api: logger, quality: logger, database: logger };
}
