import type { Clock } from '../../../model/clock.ts';
import type { ItemReader, Mapper } from '../../items.ts';
import type { Requester } from '../requester.ts';
import { hashShape } from '../shape.ts';
import { listAdvice } from './advice.ts';
import { createList } from './list.ts';
import type { ReadTools } from './start-read.ts';
import { readPages } from './read-pages.ts';
import { createRecordFinder } from './records.ts';
import type { ApiEntry } from './settings.ts';

export type ApiReaderOptions = {
  readonly id: string;
  readonly settings: ApiEntry;
  /** The folder of sources.yaml, which `path` starts in. */
  readonly folder: string;
  /** Undefined for a file. */
  readonly requester: Requester | undefined;
  readonly mapper: Mapper;
  readonly clock: Clock;
  /** Records of a batch; 1,000 unless set, and at most. */
  readonly maxRecords?: number | undefined;
};

const MAX_RECORDS = 1000;

/** Creates the reader of a REST API, or of a JSON file. */
export function createApiReader(options: ApiReaderOptions): ItemReader {
  const { id, settings, requester, mapper, clock } = options;
  const tools: ReadTools = {
    id,
    entry: settings,
    list: createList(settings, options.folder, requester),
    findRecords: createRecordFinder(id, settings.records),
    mapper,
    clock,
    maxRecords: Math.min(MAX_RECORDS, options.maxRecords ?? MAX_RECORDS),
  };
  return {
    type: 'api',
    readShape: hashApiRead(settings),
    mapShape: hashShape(settings.item, settings.empty),
    deletes: settings.deletes,
    server: requester?.server,
    mapper,
    advice: listAdvice(id, settings),
    read: (read, signal) => readPages(tools, read, signal),
  };
}

/** A hash of what is read. */
export function hashApiRead({ url, path, query, records, page, since, item }: ApiEntry): string {
  return hashShape(url, path, query, records, page, { ...since, overlap: undefined }, item.external_id);
}
