import { Readable } from 'node:stream';
import { ConfigError, UnavailableError } from '../../errors.ts';
import { FILES } from '../guard/guard.ts';
import type { Hono } from '../hono.ts';
import { RequestError } from '../request-error.ts';
import type { ServeContext, ServeEnv } from '../request-state.ts';
import type { ServeTools } from '../tools.ts';
import { DASHBOARD_ASSETS, readDashboardAssets } from './assets.ts';
import { openMediaFile } from './media/open-media-file.ts';
import { answerPage, type PageAnswer, type PageTools } from './page-answer.ts';
import { renderItem } from './pages/item-page.ts';
import { renderOverview } from './pages/overview-page.ts';
import { renderProblem } from './pages/problem-page.ts';
import { renderRecord } from './pages/record-page.ts';
import { renderRun } from './pages/run-page.ts';
import { renderSearch } from './pages/search-page.ts';
import { renderSource } from './pages/source-page.ts';
import { readListingDisplay } from './read-listing-display.ts';
import { readRunDetails } from './read-run-details.ts';
import { readSourceDetails } from './read-source-details.ts';
import { type AnswerRefusal, createRefusalPage } from './refusal-page.ts';
import { findRecords } from './search/find-records.ts';

/** Adds the pages of the dashboard, and the files that they load. */
export function addDashboard(app: Hono<ServeEnv>, tools: ServeTools): AnswerRefusal {
  const assets = readDashboardAssets();
  const pageTools = { tools, address: assets.address };
  const add = (path: string, read: (context: ServeContext) => Promise<PageAnswer>): void => {
    app.get(path, (context) => answerPage(context, pageTools, () => read(context)));
  };
  add('/', () => answerOverview(pageTools));
  add('/runs/:id', (context) => answerRun(context, tools));
  add('/sources/:name', (context) => answerSource(context, tools));
  add('/record/:key{.+}', (context) => answerRecord(context, tools));
  add('/search', (context) => answerSearch(context, tools));
  app.get(`${FILES}:key{.+}`, (context) => answerFile(context, tools));
  app.get(`${DASHBOARD_ASSETS}:hash/:name`, (context) => {
    const { hash, name } = context.req.param();
    const asset = assets.find(hash, name);
    if (asset === undefined) return context.notFound();
    return context.body(asset.body, 200, {
      'content-type': asset.type,
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });
  return createRefusalPage(pageTools);
}

async function answerOverview({ tools }: PageTools): Promise<PageAnswer> {
  const { dashboard, maxAge, sources, clock } = tools;
  try {
    return { page: renderOverview(await dashboard.readOverview(), { maxAge, sources, now: clock.now() }) };
  } catch (error) {
    if (error instanceof ConfigError) {
      return { status: 503, page: renderProblem('The tables cannot be read', error.message, error.hint) };
    }
    const last = dashboard.lastOverview();
    if (!(error instanceof UnavailableError) || last === undefined) throw error;
    tools.log.warn({ err: error }, 'the database does not answer');
    return { status: 503, page: renderOverview(last, { maxAge, sources, now: clock.now(), isDown: true }) };
  }
}

async function answerRun(context: ServeContext, tools: ServeTools): Promise<PageAnswer> {
  const id = context.req.param('id') ?? '';
  const details = /^\d{1,15}$/.test(id) ? await readRunDetails(tools, Number(id)) : undefined;
  if (details === undefined) throw new RequestError(404, 'not_found', `There is no run ${id.slice(0, 40)}.`);
  return { page: renderRun(details, tools.clock.now()) };
}

async function answerSource(context: ServeContext, tools: ServeTools): Promise<PageAnswer> {
  const name = context.req.param('name') ?? '';
  const { sources } = await tools.dashboard.readOverview();
  const report = sources.find(({ source }) => source === name);
  if (report === undefined)
    throw new RequestError(404, 'not_found', `There is no source ${name.slice(0, 40)}.`);
  const settings = tools.dashboard.describeSettings(name);
  const details = await readSourceDetails(tools.database, report);
  return { page: renderSource({ ...details, settings }, tools.clock.now()) };
}

async function answerRecord(context: ServeContext, { dashboard, database }: ServeTools): Promise<PageAnswer> {
  const key = context.req.param('key') ?? '';
  const slash = key.indexOf('/');
  const source = key.slice(0, Math.max(0, slash));
  if (dashboard.itemSources.includes(source)) {
    const report = await dashboard.readItem(source, key.slice(slash + 1));
    const isUnknown = report.item === null && report.record === null;
    return { ...(isUnknown ? { status: 404 as const } : {}), page: renderItem(report) };
  }
  const resource = context.req.query('resource') ?? dashboard.resources[0] ?? '';
  if (!dashboard.resources.includes(resource)) {
    const name = resource === '' ? `record ${key.slice(0, 40)}` : `dataset ${resource.slice(0, 40)}`;
    throw new RequestError(404, 'not_found', `There is no ${name}.`);
  }
  const report = await dashboard.readRecord(resource, key);
  const display = await readListingDisplay(database, resource, key);
  const isUnknown = report.here === undefined && report.quarantined.length === 0;
  return {
    ...(isUnknown ? { status: 404 as const } : {}),
    page: renderRecord(report, display, dashboard.mediaFolder !== undefined),
  };
}

async function answerSearch(context: ServeContext, { dashboard, database }: ServeTools): Promise<PageAnswer> {
  const text = (context.req.query('q') ?? '').trim().slice(0, 200);
  const found = text === '' ? [] : await findRecords(database, text, dashboard.itemSources);
  return { page: renderSearch(text, found) };
}

async function answerFile(context: ServeContext, { dashboard, database }: ServeTools): Promise<Response> {
  const { mediaFolder } = dashboard;
  const key = context.req.param('key') ?? '';
  const opened = mediaFolder === undefined ? undefined : await openMediaFile(database, mediaFolder, key);
  if (opened === undefined) throw new RequestError(404, 'not_found', 'there is no such file');
  const { file, size, type, isPicture } = opened;
  const headers = {
    'content-type': type,
    'content-length': String(size),
    'cache-control': 'private, max-age=300',
    'content-disposition': isPicture ? 'inline' : 'attachment',
  };
  if (context.req.method === 'HEAD') {
    await file.close();
    return context.body(null, 200, headers);
  }
  // The stream closes the file.
  return context.body(Readable.toWeb(file.createReadStream()) as ReadableStream, 200, headers);
}
