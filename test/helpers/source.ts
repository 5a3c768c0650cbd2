import { join } from 'node:path';
import {
  createODataSource,
  type ODataOptions,
  type TrestleSource,
} from '../../src/sources/trestle/odata/index.ts';
import type { Log, Logger } from '../../src/model/log.ts';
import type { Page } from '../../src/model/page.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { type Line, temporaryFolder } from './pipeline.ts';

/** Where a feed is: our sandbox, or a scripted server. */
type Place = {
  readonly base: string;
  readonly tokenUrl: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
};

export type Sourced = {
  readonly source: TrestleSource;
  readonly clock: FakeClock;
  /** What was logged, as `message` and data. */
  readonly lines: Line[];
};

/** A real source of that place, with a state of its own and a clock that no test waits for. */
export function sourceOf(place: Place, options: Partial<ODataOptions> = {}): Sourced {
  const clock = fakeClock();
  const lines: Line[] = [];
  const folder = options.tokenFile === undefined ? temporaryFolder() : '';
  const source = createODataSource({
    clientId: 'a client',
    clientSecret: 'a secret',
    ...place,
    pageSize: 1000,
    filters: {},
    timeout: 10_000,
    maxRetries: 3,
    deadline: 600_000,
    reservePercent: 10,
    maxWait: 60_000,
    minute: 60_000,
    tokenFile: join(folder, 'token.json'),
    quotaFile: join(folder, 'quota.json'),
    clock,
    random: () => 0.5,
    log: logInto(lines),
    onToken: () => undefined,
    ...options,
  });
  return { source, clock, lines };
}

function logInto(lines: Line[]): Log {
  const at = (level: string) => (data: object, message: string) => void lines.push({ level, message, data });
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { main: logger, api: logger, quality: logger, database: logger };
}

/** All pages of a source. */
export async function allOf<T extends Page>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}
