import { expect, test } from 'vitest';
import type { Dataset } from '../../src/dataset/dataset.ts';
import type { Cursor } from '../../src/model/cursor.ts';
import type { Page } from '../../src/model/page.ts';
import type { Source } from '../../src/sources/source.ts';

/** A source under test, and the server that it reads. */
export type Subject = {
  readonly source: Source;
  readonly dataset: Dataset;
  /** The keys that the server holds. */
  readonly keys: readonly string[];
  /** Requests that the server has answered or failed, without sign-ins. */
  requests(): number;
};

export type Conformance = {
  /** A new source over a new server, whose reads take several batches. */
  readonly open: () => Promise<Subject>;
  /** What can go wrong with one request and must be survived, by name; each makes the next request fail. */
  readonly faults: Readonly<Record<string, (subject: Subject) => void>>;
};

const NEVER = new AbortController().signal;

/** Tests that every source must pass. To be called inside a `describe`. */
export function conforms({ open, faults }: Conformance): void {
  test('reads every record once', async () => {
    const subject = await open();
    const pages = await readAll(subject);
    expect(pages.length).toBeGreaterThan(1);
    expect(keysOf(subject, pages).sort()).toEqual([...subject.keys].sort());
  });

  test('resumes from the cursor of any batch: nothing is lost, and only the cursor’s own position is repeated', async () => {
    const subject = await open();
    const pages = await readAll(subject);
    for (const [nth, { cursor }] of pages.entries()) {
      if (cursor === undefined) continue;
      const before = new Set(keysOf(subject, pages.slice(0, nth + 1)));
      const rest = keysOf(subject, await readAll(subject, cursor));
      const missing = subject.keys.filter((key) => !before.has(key) && !rest.includes(key));
      expect(missing).toEqual([]);
      expect(rest.filter((key) => before.has(key)).length).toBeLessThanOrEqual(1);
    }
  });

  test.each(Object.entries(faults))('survives %s', async (_, strike) => {
    const subject = await open();
    strike(subject);
    expect(keysOf(subject, await readAll(subject)).sort()).toEqual([...subject.keys].sort());
  });

  test('ends with the reason of an abort, and sends nothing after it', async () => {
    const subject = await open();
    const stop = new AbortController();
    const reason = new Error('stopped');
    const reading = (async () => {
      for await (const _ of subject.source.read(subject.dataset, { cursor: undefined }, stop.signal))
        stop.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
    const sent = subject.requests();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(subject.requests()).toBe(sent);
  });

  test('counts its requests as the server does', async () => {
    const subject = await open();
    await readAll(subject);
    expect(subject.source.requests()).toBe(subject.requests());
  });

  test('has an id for tables and logs, and a clock', async () => {
    const { source } = await open();
    expect(source.id).toMatch(/^[a-z][a-z0-9-]{0,63}$/);
    expect(Number.isFinite(source.now())).toBe(true);
  });
}

async function readAll({ source, dataset }: Subject, cursor?: Cursor): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of source.read(dataset, { cursor, count: true }, NEVER)) pages.push(page);
  return pages;
}

function keysOf({ dataset }: Subject, pages: readonly Page[]): string[] {
  return pages.flatMap(({ records }) =>
    records.map((record) => {
      const text = typeof record === 'string' ? record : record.bytes.toString();
      return String((JSON.parse(text) as Record<string, unknown>)[dataset.key]);
    }),
  );
}
