import { join } from 'node:path';
import type { Additions } from '../../dataset/addition.ts';
import { withAdditions } from '../../dataset/additions.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { hasParentVersion, withCursor, withSelect } from '../../dataset/reading.ts';
import { MINUTE_MS } from '../../lib/time.ts';
import type { SourceDefinition, SourceTools } from '../definition.ts';
import { resources } from './datasets/index.ts';
import { createODataSource, type TrestleSource } from './odata/index.ts';
import type { TrestleSettings } from './settings.ts';

/** Files in the state directory. Released versions use these names, so they must not change. */
export const STATE_FILES = { token: 'token.json', quota: 'quota.json' } as const;

/** Enabled by LOOKUPS=on, not by RESOURCES. */
const LOOKUP = 'Lookup';
const LISTINGS = 'Property';

/** The longest time that a waiting user is kept waiting for an answer. */
const MAX_PATIENCE_MS = 30_000;

export const trestle: SourceDefinition<TrestleSettings> = {
  id: 'trestle',
  catalogue: resources,
  datasets: configuredDatasets,
  open: openTrestle,
};

/** Values that RESOURCES and INCREMENTAL_FIELD accept. */
export const known = {
  resources: resources.map(({ name }) => name).filter((name) => name !== LOOKUP),
  cursors: (resources.find(({ name }) => name === LISTINGS)?.fields ?? [])
    .filter(({ type }) => type.kind === 'timestamp')
    .map(({ name }) => name),
};

function configuredDatasets(settings: TrestleSettings, additions: Additions): readonly Dataset[] {
  return resources
    .filter(({ name }) => settings.resources.includes(name) || (name === LOOKUP && settings.keepLookups))
    .map((dataset) => (dataset.name === LISTINGS ? withCursor(dataset, settings.incrementalField) : dataset))
    .map((dataset) => {
      const select = requestedFields(dataset, settings);
      return select === undefined ? dataset : withSelect(dataset, select);
    })
    .map((dataset) => {
      const added = Object.hasOwn(additions, dataset.name) ? additions[dataset.name] : undefined;
      return added === undefined ? dataset : withAdditions(dataset, added);
    })
    .map((dataset) => (settings.isStrict ? { ...dataset, isStrict: true as const } : dataset));
}

/** All fields if the payload is stored, otherwise the catalogue's. Always includes the fields that the tool itself needs. */
function requestedFields(dataset: Dataset, settings: TrestleSettings): readonly string[] | undefined {
  const all = dataset.fields.map(({ name }) => name);
  // The source does not send a version that comes from the parent.
  const catalogue = settings.keepPayload
    ? undefined
    : all.filter((name) => !hasParentVersion(dataset) || name !== dataset.version);
  if (dataset.name !== LISTINGS || settings.propertySelect === undefined) return catalogue;
  const times = dataset.version === undefined ? [] : [dataset.version];
  const needed = [dataset.key, ...times, settings.incrementalField, 'PhotosCount', 'PhotosChangeTimestamp'];
  return [...new Set([...needed, ...settings.propertySelect])];
}

function openTrestle({ api, filters }: TrestleSettings, tools: SourceTools): TrestleSource {
  const { stateDir, proxies, onSecret, isInteractive, ...rest } = tools;
  const patience = isInteractive
    ? {
        maxRetries: 0,
        deadline: 0,
        timeout: Math.min(api.timeout, MAX_PATIENCE_MS),
        reservePercent: 0,
        maxWait: 0,
      }
    : {};
  return createODataSource({
    ...api,
    ...patience,
    ...rest,
    proxy: proxies,
    base: api.baseUrl,
    filters,
    minute: MINUTE_MS,
    tokenFile: join(stateDir, STATE_FILES.token),
    quotaFile: join(stateDir, STATE_FILES.quota),
    onToken: onSecret,
  });
}
