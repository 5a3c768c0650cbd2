import { join } from 'node:path';
import { withAdditions } from '../../dataset/additions.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { hasParentVersion, withCursor, withSelect } from '../../dataset/reading.ts';
import { readQuotaFile } from '../../http/with-quota.ts';
import { MINUTE_MS } from '../../lib/time.ts';
import type { FileAccess } from '../../http/file-access.ts';
import type { SourceDefinition, SourceTools, Storage } from '../definition.ts';
import { trestleChecks } from './checks/index.ts';
import { resources } from './datasets/index.ts';
import { deferredSource } from './deferred.ts';
import { REQUIRED_DATASETS, limitToLicence } from './licence.ts';
import type { TrestleSource } from './odata/index.ts';
import { toQuotaLeft } from '../../http/quota-left.ts';
import { type TrestleSettings, trestleSettings } from './settings.ts';
import { LISTINGS, LOOKUP } from './variables.ts';

/** Files in the state directory. Released versions use these names, so they must not change. */
const STATE_FILES = { token: 'token.json', quota: 'quota.json', fileQuota: 'file-quota.json' } as const;

/** The longest time that a waiting user is kept waiting for an answer. */
const MAX_INTERACTIVE_WAIT_MS = 30_000;

export const trestle: SourceDefinition<TrestleSettings> = {
  id: 'trestle',
  settings: trestleSettings,
  stateFiles: Object.values(STATE_FILES),
  catalogue: resources,
  datasets: configuredDatasets,
  reading: ({ api: { pageSize, reservePercent, maxWait }, filters, childStrategy }) => ({
    pageSize,
    filters,
    childStrategy,
    reservePercent,
    maxWait,
  }),
  open: openTrestle,
  files: { dataset: 'Media', open: openFiles },
  checks: trestleChecks,
};

function configuredDatasets(
  settings: TrestleSettings,
  { additions, keepPayload }: Storage,
): readonly Dataset[] {
  return resources
    .filter(({ name }) => settings.resources.includes(name) || (name === LOOKUP && settings.keepLookups))
    .map((dataset) => (dataset.name === LISTINGS ? withCursor(dataset, settings.incrementalField) : dataset))
    .map((dataset) => {
      const select = requestedFields(dataset, settings, keepPayload);
      return select === undefined ? dataset : withSelect(dataset, select);
    })
    .map((dataset) => {
      const added = Object.hasOwn(additions, dataset.name) ? additions[dataset.name] : undefined;
      return added === undefined ? dataset : withAdditions(dataset, added);
    });
}

/** All fields if the payload is stored, otherwise the catalogue's. Always includes the fields that the tool itself needs. */
function requestedFields(
  dataset: Dataset,
  settings: TrestleSettings,
  keepPayload: boolean,
): readonly string[] | undefined {
  const all = dataset.fields.map(({ name }) => name);
  // The source does not send a version that comes from the parent.
  const catalogue = keepPayload
    ? undefined
    : all.filter((name) => !hasParentVersion(dataset) || name !== dataset.version);
  if (dataset.name !== LISTINGS || settings.propertySelect === undefined) return catalogue;
  const times = dataset.version === undefined ? [] : [dataset.version];
  const needed = [dataset.key, ...times, settings.incrementalField, 'PhotosCount', 'PhotosChangeTimestamp'];
  return [...new Set([...needed, ...settings.propertySelect])];
}

function openTrestle({ api, filters }: TrestleSettings, tools: SourceTools): TrestleSource {
  const { stateDir, proxies, onSecret, isInteractive, maxRecords = Infinity, ...rest } = tools;
  const patience = isInteractive
    ? {
        maxRetries: 0,
        deadline: 0,
        timeout: Math.min(api.timeout, MAX_INTERACTIVE_WAIT_MS),
        reservePercent: 0,
        maxWait: 0,
      }
    : {};
  const quotaFile = join(stateDir, STATE_FILES.quota);
  const load = async (): Promise<TrestleSource> => {
    const { createODataSource } = await import('./odata/index.ts');
    return createODataSource({
      ...api,
      ...patience,
      ...rest,
      pageSize: Math.min(api.pageSize, maxRecords),
      proxy: proxies,
      base: api.baseUrl,
      filters,
      minute: MINUTE_MS,
      tokenFile: join(stateDir, STATE_FILES.token),
      quotaFile,
      onToken: onSecret,
    });
  };
  const { now } = tools.clock;
  return deferredSource(load, {
    now,
    quota: () => toQuotaLeft(readQuotaFile(quotaFile, now())),
    schema: { cover: limitToLicence, required: REQUIRED_DATASETS },
  });
}

async function openFiles(
  { api }: TrestleSettings,
  { stateDir, onSecret }: Pick<SourceTools, 'stateDir' | 'onSecret'>,
): Promise<FileAccess> {
  const { createFileAccess } = await import('./odata/file-access.ts');
  return createFileAccess({
    ...api,
    tokenFile: join(stateDir, STATE_FILES.token),
    quotaFile: join(stateDir, STATE_FILES.fileQuota),
    onToken: onSecret,
  });
}
