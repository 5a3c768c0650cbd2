import { readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertVerdict } from '../../../src/notify/alert/verdict.ts';
import {
  claim,
  selectDue,
  type Ledger,
  readLedger,
  settle,
  type Channel,
  writeLedger,
} from '../../../src/notify/alert/ledger.ts';
import { temporaryFolder } from '../../helpers/pipeline.ts';

const REPEAT = 4 * 3_600_000;
const START = Date.UTC(2026, 2, 19, 12);
const MINUTE = 60_000;

function verdict(isRaised: boolean, topic = 'stale'): AlertVerdict {
  return { kind: 'stale', topic, isRaised, title: topic, text: '', facts: {} };
}

/** A run that judges at `now`; `dead` are the channels that take nothing. @returns the ledger after it, and what was sent. */
function step(
  ledger: Ledger,
  verdicts: readonly AlertVerdict[],
  now: number,
  channels: readonly Channel[] = ['email'],
  dead: readonly Channel[] = [],
): { ledger: Ledger; sent: string[] } {
  const due = selectDue(ledger, channels, verdicts, now, REPEAT);
  const done = due.map((each) => ({ ...each, isSent: !dead.includes(each.channel) }));
  const sent = done
    .filter(({ isSent }) => isSent)
    .map(
      ({ channel, verdict: { topic, isRaised } }) =>
        `${channel} ${topic} ${isRaised ? 'raised' : 'recovered'}`,
    );
  return { ledger: settle(claim(ledger, due, now), done, now), sent };
}

/** Minutes and what is judged then → what is sent in each. */
function story(...steps: readonly (readonly [minute: number, isRaised: boolean])[]): string[][] {
  let ledger: Ledger = {};
  return steps.map(([minute, isRaised]) => {
    const after = step(ledger, [verdict(isRaised)], START + minute * MINUTE);
    ledger = after.ledger;
    return after.sent.map((text) => text.split(' ').at(-1)!);
  });
}

describe('promise 20: each kind is rate-limited', () => {
  test('an open alert is sent once, and repeated after its interval', () => {
    expect(story([0, true], [15, true], [239, true], [240, true], [255, true], [480, true])).toEqual([
      ['raised'],
      [],
      [],
      ['raised'],
      [],
      ['raised'],
    ]);
  });

  test('a recovery is sent once', () => {
    expect(story([0, true], [15, false], [30, false])).toEqual([['raised'], ['recovered'], []]);
  });

  test('an alert that was never sent has no recovery', () => {
    expect(story([0, false], [15, false])).toEqual([[], []]);
  });

  test('what comes back after its recovery was told is told at once; then the next recovery has time', () => {
    const flapping = [
      [0, true],
      [15, false],
      [30, true],
      [45, false],
      [60, true],
      [75, false],
    ] as const;
    const sent = [['raised'], ['recovered'], ['raised'], [], [], []];
    // Four hours after the recovery the next one is told, four hours after the alert that it lasts.
    expect(story(...flapping, [254, false], [255, false])).toEqual([...sent, [], ['recovered']]);
    expect(story(...flapping, [269, true], [270, true])).toEqual([...sent, [], ['raised']]);
  });

  test('a repeated alert has its start time, which is reset by a recovery', () => {
    const first = step({}, [verdict(true)], START).ledger;
    const [again] = selectDue(first, ['email'], [verdict(true)], START + REPEAT, REPEAT);
    expect(again?.since).toBe(START);
    const second = step(first, [verdict(true)], START + REPEAT).ledger;
    const [third] = selectDue(second, ['email'], [verdict(true)], START + 2 * REPEAT, REPEAT);
    expect(third?.since).toBe(START);
    const well = step(first, [verdict(false)], START + MINUTE).ledger;
    const [later] = selectDue(well, ['email'], [verdict(true)], START + REPEAT, REPEAT);
    expect(later?.since).toBeNull();
  });

  test('topics are limited separately', () => {
    const { ledger } = step({}, [verdict(true, 'disk')], START);
    expect(step(ledger, [verdict(true, 'disk'), verdict(true, 'quota')], START + MINUTE).sent).toEqual([
      'email quota raised',
    ]);
  });

  test('a clock that was set back silences nothing', () => {
    const { ledger } = step({}, [verdict(true)], START);
    expect(step(ledger, [verdict(true)], START - REPEAT).sent).toEqual(['email stale raised']);
  });
});

describe('channels', () => {
  const both = ['email', 'webhook'] as const;

  test('one that is dead gets it from the next run, the other one not again', () => {
    const first = step({}, [verdict(true)], START, both, ['webhook']);
    expect(first.sent).toEqual(['email stale raised']);
    const second = step(first.ledger, [verdict(true)], START + MINUTE, both);
    expect(second.sent).toEqual(['webhook stale raised']);
    expect(step(second.ledger, [verdict(true)], START + 2 * MINUTE, both).sent).toEqual([]);
  });

  test('only one that was told of it is told of the recovery, until it is', () => {
    const { ledger } = step({}, [verdict(true)], START, both, ['webhook']);
    const failing = step(ledger, [verdict(false)], START + MINUTE, both, ['email']);
    expect(failing.sent).toEqual([]);
    expect(step(failing.ledger, [verdict(false)], START + 2 * MINUTE, both).sent).toEqual([
      'email stale recovered',
    ]);
  });
});

describe('two processes', () => {
  const due = selectDue({}, ['email'], [verdict(true)], START, REPEAT);

  test('an alert that one is sending is not sent by the other', () => {
    expect(selectDue(claim({}, due, START), ['email'], [verdict(true)], START + 1000, REPEAT)).toEqual([]);
  });

  test('an alert that one could not send can be sent at once by another', () => {
    const { ledger } = step({}, [verdict(true)], START, ['email'], ['email']);
    expect(step(ledger, [verdict(true)], START + 1000).sent).toEqual(['email stale raised']);
  });

  test('an alert of a dead process is sent by a later one', () => {
    const later = selectDue(claim({}, due, START), ['email'], [verdict(true)], START + MINUTE, REPEAT);
    expect(later).toHaveLength(1);
  });
});

describe('in any story of a kind', () => {
  type Word = { readonly at: number; readonly isRaised: boolean };

  /** Judges time after time, with what was sent until then. */
  function tellAny(check: (sent: readonly Word[], judged: Word) => void): void {
    const steps = fc.array(fc.record({ minutes: fc.integer({ min: 1, max: 300 }), isRaised: fc.boolean() }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, (all) => {
        let [ledger, at]: [Ledger, number] = [{}, START];
        const sent: Word[] = [];
        for (const { minutes, isRaised } of all) {
          at += minutes * MINUTE;
          const after = step(ledger, [verdict(isRaised)], at);
          ledger = after.ledger;
          if (after.sent.length > 0) sent.push({ at, isRaised });
          check(sent, { at, isRaised });
        }
      }),
    );
  }

  test('promise 20: the last message about a broken state is never a recovery', () => {
    tellAny((sent, { isRaised }) => {
      if (isRaised) expect(sent.at(-1)).toMatchObject({ isRaised: true });
    });
  });

  test('promise 20: what lasts is told again when its time is over, and what is over is told by then', () => {
    tellAny((sent, { at, isRaised }) => {
      const last = sent.at(-1);
      if (isRaised) expect(at - last!.at).toBeLessThan(REPEAT);
      const told = sent.findLast((word) => !word.isRaised);
      const isHeld = told !== undefined && at - told.at < REPEAT;
      if (!isRaised && !isHeld) expect(last?.isRaised ?? false).toBe(false);
    });
  });

  test('promise 20: no more than two alerts and one recovery are told in the time of ALERT_REPEAT', () => {
    tellAny((sent, { at }) => {
      const lately = sent.filter((word) => at - word.at < REPEAT);
      expect(lately.filter(({ isRaised }) => isRaised).length).toBeLessThanOrEqual(2);
      expect(lately.filter(({ isRaised }) => !isRaised).length).toBeLessThanOrEqual(1);
    });
  });

  test('each recovery follows an alert', () => {
    tellAny((sent) => {
      const [word, before] = [sent.at(-1), sent.at(-2)];
      if (word?.isRaised === false) expect(before?.isRaised).toBe(true);
    });
  });
});

function fileIn(): string {
  return join(temporaryFolder(), 'alerts.json');
}

describe('the file', () => {
  test('returns the written ledger, and only its owner may read it', () => {
    const file = fileIn();
    const { ledger } = step({}, [verdict(true)], START);
    writeLedger(file, ledger);
    expect(readLedger(file)).toEqual(ledger);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(file, '..'))).toEqual(['alerts.json']);
  });

  test('of an earlier version, which knew of no times of recoveries, is read', () => {
    const file = fileIn();
    const entry = { sentAt: START, since: START, isOpen: true, claimedAt: null };
    writeFileSync(file, JSON.stringify({ 'email stale': entry }), { mode: 0o600 });
    expect(step(readLedger(file), [verdict(true)], START + MINUTE).sent).toEqual([]);
    expect(step(readLedger(file), [verdict(false)], START + MINUTE).sent).toEqual(['email stale recovered']);
  });

  test.each([
    ['is not there', undefined],
    [
      'holds words for the time of a recovery',
      '{"email stale":{"sentAt":1,"since":1,"isOpen":true,"claimedAt":null,"recoveredAt":"never"}}',
    ],
    ['is half a file', '{"email stale":{"isOp'],
    ['holds something else', '[1,2]'],
    ['holds nothing', 'null'],
    ['holds words for times', '{"email stale":{"sentAt":"now","since":null,"isOpen":true,"claimedAt":null}}'],
    [
      'holds times beyond all time',
      '{"email stale":{"sentAt":1,"since":1e300,"isOpen":true,"claimedAt":null}}',
    ],
    ['holds an entry of another kind', '{"email stale":true}'],
  ])('that %s is an empty ledger', (_, text) => {
    const file = fileIn();
    if (text !== undefined) writeFileSync(file, text, { mode: 0o600 });
    expect(readLedger(file)).toEqual({});
  });

  test('is an empty ledger if it is a link', () => {
    const [file, other] = [fileIn(), fileIn()];
    writeLedger(other, step({}, [verdict(true)], START).ledger);
    symlinkSync(other, file);
    expect(readLedger(file)).toEqual({});
  });
});

/** Minutes and which event is news then → what is sent. */
function events(...steps: readonly (readonly [minute: number, event: string, isDead?: boolean])[]): string[] {
  let ledger: Ledger = {};
  return steps.map(([minute, event, isDead = false]) => {
    const news = { ...verdict(true, 'schema'), event };
    const after = step(ledger, [news], START + minute * MINUTE, ['email'], isDead ? ['email'] : []);
    ledger = after.ledger;
    expect(Object.values(ledger).every(({ isOpen }) => !isOpen)).toBe(true);
    return after.sent.length === 0 ? '' : event;
  });
}

describe('promise 20: an event is sent once', () => {
  test('however long it is news', () => {
    expect(events([0, 'a'], [15, 'a'], [240, 'a'], [20_000, 'a'])).toEqual(['a', '', '', '']);
  });

  test('and another one is told when the time of the first is over', () => {
    expect(events([0, 'a'], [15, 'b'], [239, 'b'], [240, 'b'], [900, 'b'])).toEqual(['a', '', '', 'b', '']);
  });

  test('by a channel that took nothing it is told later', () => {
    expect(events([0, 'a', true], [15, 'a', true], [30, 'a'], [45, 'a'])).toEqual(['', '', 'a', '']);
  });

  test('and it is remembered in the file', () => {
    const file = join(temporaryFolder(), 'alerts.json');
    const news = { ...verdict(true, 'schema'), event: 'a' };
    writeLedger(file, step({}, [news], START).ledger);
    expect(step(readLedger(file), [news], START + 10_000 * MINUTE).sent).toEqual([]);
  });
});
