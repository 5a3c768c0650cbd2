import type { TrestleSource } from './odata/index.ts';

/** What a feed reports before its first request. */
type Before = Pick<TrestleSource, 'now' | 'quota'> & {
  readonly schema: Pick<TrestleSource['schema'], 'cover' | 'required'>;
};

/**
 * A feed that is opened by its first request, so that commands that only read the database do not load the code of OData.
 * @param load its rejection surfaces as that of the request.
 */
export function deferredSource(load: () => Promise<TrestleSource>, before: Before): TrestleSource {
  let opened: TrestleSource | undefined;
  let opening: Promise<TrestleSource> | undefined;
  const open = async (): Promise<TrestleSource> => (opened = await (opening ??= load()));
  async function* batches<T>(read: (source: TrestleSource) => AsyncIterable<T>): AsyncGenerator<T> {
    yield* read(await open());
  }
  return {
    id: 'trestle',
    read: (...given) => batches((source) => source.read(...given)),
    replicate: (...given) => batches((source) => source.replicate(...given)),
    children: (...given) => batches((source) => source.children(...given)),
    changedPhotos: (...given) => batches((source) => source.changedPhotos(...given)),
    keys: {
      census: (...given) => batches(({ keys }) => keys.census(...given)),
      within: (...given) => batches(({ keys }) => keys.within(...given)),
      records: (...given) => batches(({ keys }) => keys.records(...given)),
      count: async (...given) => (await open()).keys.count(...given),
      present: async (...given) => (await open()).keys.present(...given),
    },
    schema: { ...before.schema, read: async (signal) => (await open()).schema.read(signal) },
    requests: () => opened?.requests() ?? 0,
    now: () => (opened ?? before).now(),
    quota: () => (opened ?? before).quota(),
  };
}
