import { describe, expect, test } from 'vitest';
import { createProgress } from '../../src/host/progress.ts';
import type { ProgressCounts } from '../../src/model/progress.ts';
import { fakeClock } from '../helpers/fake-clock.ts';

const CLEAR = '\r\u001B[K';
const shown = (processed: number, more: Partial<ProgressCounts> = {}): ProgressCounts => ({
  processed,
  pages: 3,
  calls: 4,
  left: undefined,
  expected: undefined,
  ...more,
});

function screen(columns?: number) {
  const written: string[] = [];
  const terminal = {
    isTTY: true,
    ...(columns === undefined ? {} : { columns }),
    write: (text: string) => written.push(text),
  };
  return { terminal, written };
}

describe('createProgress', () => {
  test('promise 18: without a terminal nothing is written', () => {
    const written: string[] = [];
    const progress = createProgress({ isTTY: false, write: (text) => written.push(text) }, fakeClock());
    progress.show('Property', shown(1));
    progress.report('Property: from the beginning');
    progress.end();
    createProgress({ write: (text) => written.push(text) }, fakeClock()).report('x');
    expect(written).toEqual([]);
  });

  test('shows the progress, the speed and the remaining time', () => {
    const { terminal, written } = screen(200);
    const clock = fakeClock();
    const progress = createProgress(terminal, clock);
    progress.show('Property', shown(0));
    clock.pass(10_000);
    progress.show('Property', shown(2500, { expected: 10_000, left: 7100 }));
    expect(written.at(-1)).toBe(
      'Property: 2,500 of 10,000 · 250/s · 3 pages · 4 calls · 7,100 left this hour · 30.0 s to go',
    );
  });

  test('without an expected number it shows no remaining time', () => {
    const { terminal, written } = screen(200);
    createProgress(terminal, fakeClock()).show('Media', shown(0));
    expect(written).toEqual(['Media: 0 · 3 pages · 4 calls']);
  });

  test('the line is overwritten, but not so often that it flickers', () => {
    const { terminal, written } = screen(200);
    const clock = fakeClock();
    const progress = createProgress(terminal, clock);
    for (let ms = 0; ms < 400; ms += 1, clock.pass(1)) progress.show('Media', shown(ms));
    expect(written.filter((text) => text.startsWith('Media'))).toHaveLength(2);
    expect(written.filter((text) => text === CLEAR)).toHaveLength(1);
  });

  test('the line is never wider than the terminal, so that it can be overwritten', () => {
    const { terminal, written } = screen(40);
    createProgress(terminal, fakeClock()).show('Property', shown(123_456, { expected: 1_000_000 }));
    expect(written[0]).toHaveLength(39);
    const unknown = screen();
    createProgress(unknown.terminal, fakeClock()).show('A'.repeat(200), shown(1, { expected: 1 }));
    expect(unknown.written[0]).toHaveLength(79);
  });

  test('a permanent line replaces the temporary one', () => {
    const { terminal, written } = screen(200);
    const progress = createProgress(terminal, fakeClock());
    progress.show('Media', shown(1));
    progress.report('done');
    progress.end();
    expect(written.slice(1)).toEqual([CLEAR, 'done\n']);
  });
});
