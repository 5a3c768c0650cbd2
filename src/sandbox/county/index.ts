import { createServer, type Server } from 'node:http';
import { writtenRows } from './archive/member.ts';
import { ArchiveStore } from './archive/store.ts';
import { counties, type CountyName, districtOf, findArchive, findTable } from './counties.ts';
import { CountyFaults } from './faults.ts';
import { type ExpectedRow, expectRow } from './format/expected.ts';
import type { RejectedLine } from './format/lines.ts';
import { serveCounty } from './http/serve.ts';
import type { CountyRequest, CountyState } from './http/state.ts';
import { completeCountyOptions, type CountySandboxOptions } from './options.ts';

export type { CountyName } from './counties.ts';
export type { CountyFault, CountyFaults } from './faults.ts';
export type { ExpectedRow } from './format/expected.ts';
export type { RejectedLine } from './format/lines.ts';
export type { CountyRequest } from './http/state.ts';
export type { CountySandboxOptions } from './options.ts';

/** A row that the database must have, and its line. */
export type ExpectedLine = { readonly line: number; readonly row: ExpectedRow };

export type CountySandbox = {
  /** `http://127.0.0.1:PORT/data/CAMA`; archives are at `{url}/{year}/{archive}.zip`. */
  readonly url: string;
  /** The same for the other counties. */
  readonly urls: Readonly<Record<CountyName, string>>;
  /** Names of the tables of a county. */
  tables(county?: CountyName): string[];
  readonly faults: CountyFaults;
  /** Every request for an archive so far, in order; callers may empty it. */
  readonly requests: CountyRequest[];
  /** Publishes another release, from 1, of all archives. */
  setRelease(release: number): void;
  /** Writes archives now instead of with the first request. */
  prepare(year: number, archives: readonly string[]): Promise<void>;
  /**
   * The rows of a table in the current release, without `tax_year` and `line_no`: text as MySQL returns it. They come from
   * the generated data; no file is read.
   */
  expectedRows(table: string, year: number, county?: CountyName): Iterable<ExpectedRow>;
  expectedLines(table: string, year: number, county?: CountyName): Iterable<ExpectedLine>;
  rejectedLines(table: string, year: number, county?: CountyName): Iterable<RejectedLine>;
  /** Resolves when the sandbox is closed, by `close` or over HTTP. */
  readonly closed: Promise<void>;
  /** Also ends open connections and removes the archives. */
  close(): Promise<void>;
};

/** Starts the server of three made-up counties on this machine. */
export async function startCountySandbox(options: CountySandboxOptions = {}): Promise<CountySandbox> {
  const settings = completeCountyOptions(options);
  const state: CountyState = {
    settings,
    store: new ArchiveStore(settings),
    faults: new CountyFaults(),
    requests: [],
    release: settings.release,
    stop: () => Promise.resolve(),
  };
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    serveCounty(state, request, response).catch((error: unknown) => {
      if (response.headersSent) request.socket.destroy();
      else response.writeHead(500).end(String(error));
    });
  });
  const closed = new Promise<void>((resolve) => void server.once('close', resolve)).then(() =>
    state.store.close(),
  );
  state.stop = () => {
    server.close();
    server.closeAllConnections();
    return closed;
  };
  return createSandbox(state, await listen(server, settings.port), closed);
}

function createSandbox(state: CountyState, origin: string, closed: Promise<void>): CountySandbox {
  const { settings } = state;
  const urls = {
    hcad: origin + counties.hcad.path,
    pacs: origin + counties.pacs.path,
    tarrant: origin + counties.tarrant.path,
  };
  function* expectedLines(name: string, year: number, county: CountyName = 'hcad'): Generator<ExpectedLine> {
    const table = findTable(county, name);
    for (const { line, row } of writtenRows(table, districtOf(county, year, state.release, settings)))
      if (row !== undefined) yield { line, row: expectRow(table.columns, row) };
  }
  return {
    url: urls.hcad,
    urls,
    tables: (county = 'hcad') => counties[county].tables.map(({ name }) => name),
    faults: state.faults,
    requests: state.requests,
    setRelease: (release) => void (state.release = release),
    async prepare(year, archives) {
      for (const archive of archives) {
        const path = `${counties.hcad.path}/${year}/${archive}.zip`;
        const requested = findArchive(path, settings);
        if (requested === undefined) throw new RangeError(`no archive ${archive} in ${year}`);
        await state.store.get(requested, state.release, state.faults.contentsOf(path));
      }
    },
    *expectedRows(table, year, county) {
      for (const { row } of expectedLines(table, year, county)) yield row;
    },
    expectedLines,
    *rejectedLines(name, year, county = 'hcad') {
      const district = districtOf(county, year, state.release, settings);
      for (const { rejects } of writtenRows(findTable(county, name), district)) yield* rejects;
    },
    closed,
    close: () => state.stop(),
  };
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`;
}
