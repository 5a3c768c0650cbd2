import type { Page } from '../../src/model/page.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { type RunOutcome, run } from '../../src/run/run.ts';
import type { SeenRequest } from '../../src/sandbox/trestle/index.ts';
import { type SandboxRecord, readText } from '../../src/sandbox/trestle/record.ts';
import { emptied } from './cases.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { type Pipeline, pipeline, type Settings } from './pipeline.ts';
import { recordText } from '../../src/transform/scan-record.ts';
import type { Source } from '../../src/sources/source.ts';

/** What one run asked for and was sent. */
export type Watched = {
  readonly outcome: RunOutcome;
  readonly requests: readonly SeenRequest[];
  /** By resource, in the order of their coming. */
  readonly records: Readonly<Record<string, SandboxRecord[]>>;
  /** The same of those that were asked for by their own keys. */
  readonly byKey: Readonly<Record<string, SandboxRecord[]>>;
  /** By resource. */
  readonly pages: Readonly<Record<string, number>>;
};

export type Timed = {
  readonly pipe: Pipeline;
  /** The one clock of feed, tool and tables: stands still until somebody sleeps or it is told to pass. */
  readonly clock: FakeClock;
  /** Leaves an empty feed and empty tables. */
  clear(): Promise<void>;
  /** One sync. */
  sync(settings?: Settings): Promise<Watched>;
};

/** A pipeline in a time of its own, with an empty feed. */
export async function timed(): Promise<Timed> {
  const clock = fakeClock(Date.UTC(2026, 2, 21));
  const pipe = await pipeline({ listings: 0, oddValues: false, now: clock.now });
  const { sandbox, db } = pipe;
  return {
    pipe,
    clock,
    clear: async () => {
      sandbox.onRequest = undefined;
      for (const name of ['Property', 'Media']) {
        const key = name === 'Property' ? 'ListingKey' : 'MediaKey';
        const keys = Array.from(sandbox.feed.records(name), (record) => readText(record, key));
        for (const each of keys) sandbox.feed.remove(name, each);
      }
      await emptied(db);
    },
    sync: async (settings = {}) => {
      const records: Record<string, SandboxRecord[]> = {};
      const byKey: Record<string, SandboxRecord[]> = {};
      const pages: Record<string, number> = {};
      const tools = pipe.tools({
        ...settings,
        odata: { ...settings.odata, clock },
        tools: { ...settings.tools, clock },
      });
      const source = watched(tools.source, (name, page, isByKey) => {
        if (!isByKey) pages[name] = (pages[name] ?? 0) + 1;
        const seen = ((isByKey ? byKey : records)[name] ??= []);
        seen.push(...page.records.map((raw) => JSON.parse(recordText(raw)) as SandboxRecord));
      });
      sandbox.requests.length = 0;
      const options = { mode: 'sync', resources: [property, media], dryRun: false } as const;
      const outcome = await run({ ...tools, source }, options);
      return { outcome, requests: [...sandbox.requests], records, byKey, pages };
    },
  };
}

/** The same source, with somebody who looks at its pages. */
function watched(source: Source, look: (resource: string, page: Page, isByKey: boolean) => void): Source {
  async function* through<T extends Page>(
    name: string,
    pages: AsyncIterable<T>,
    isByKey = false,
  ): AsyncGenerator<T> {
    for await (const page of pages) {
      look(name, page, isByKey);
      yield page;
    }
  }
  return {
    ...source,
    read: (resource, from, signal) => through(resource.name, source.read(resource, from, signal)),
    keys: {
      ...source.keys!,
      records: (resource, keys, signal) =>
        through(resource.name, source.keys!.records(resource, keys, signal), true),
    },
    children: (resource, parents, signal) =>
      through(resource.name, source.children!(resource, parents, signal)),
  };
}
