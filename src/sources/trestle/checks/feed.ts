import { QueryRefusedError } from '../../../errors.ts';
import { formatDuration } from '../../../lib/duration.ts';
import { formatMissing } from '../../coverage.ts';
import { fail, failed, type Finding, ok, skipped, warn } from '../../check.ts';
import type { QuotaLeft } from '../../../http/quota-left.ts';
import { type Answer, codeOf, messageOf, stageOf } from './answer.ts';

/** @param name of the dataset whose record was requested. */
export function checkAnswer(answer: Answer, name: string): Finding {
  if ('error' in answer) {
    const { error } = answer;
    const isUnlicensed = error instanceof QueryRefusedError && error.status !== 400 && name !== 'Property';
    if (!isUnlicensed) return failed(error);
    return warn(`not licensed, every run skips it: ${error.message}`, `take ${name} out of RESOURCES`);
  }
  const { omittedFields = [], unknownFields = [], nearestFields } = answer;
  if (omittedFields.length > 0) {
    return warn(
      `licensed, but without ${formatMissing(omittedFields, nearestFields)}: left out by every run`,
      'trestle-etl fields list --missing',
    );
  }
  if (unknownFields.length > 0) {
    return warn(
      `the feed's $metadata has no ${formatMissing(unknownFields, nearestFields)}: the columns may stay NULL`,
      `correct FIELDS_FILE, or remove them: trestle-etl fields drop ${name} ${unknownFields.join(' ')}`,
    );
  }
  if (answer.records > 0) return ok('licensed, and every field that is asked for is there');
  return warn(
    'licensed, but no record matches',
    'check its filter (PROPERTY_FILTER …), unless the feed is empty',
  );
}

/**
 * @param hour what is left of the hour's quota.
 * @param quotaPercent percentage below which that deserves a warning.
 */
export function checkQuota(
  answer: Answer,
  hour: QuotaLeft['hour'] | undefined,
  quotaPercent: number,
  now: number,
): Finding {
  if (stageOf(answer) === 'quota') {
    const isMinute = codeOf(answer) === 'minute-quota';
    const hourly =
      hour?.resetAt === undefined ? '' : ` for ${formatDuration(Math.max(0, hour.resetAt - now))}`;
    return fail(
      messageOf(answer),
      `wait${isMinute ? ' a minute' : hourly}, then run trestle-etl doctor again`,
    );
  }
  // An earlier run may have been told of another hour.
  if (stageOf(answer) !== 'answer') return skipped('nothing was asked: the API was not reached');
  if (hour?.left === undefined || hour.limit === undefined) return ok('the API tells of none');
  const what = `${Math.round(hour.left)} of ${Math.round(hour.limit)} requests left this hour`;
  if (hour.left * 100 >= hour.limit * quotaPercent) return ok(what);
  return warn(what, 'look what else uses this connection; a run waits for the next hour by itself');
}

/** `Date` has whole seconds, and an answer takes a while. @param ahead milliseconds by which our clock is before the API's. */
export function checkClock(ahead: number): Finding {
  const off = formatDuration(Math.abs(ahead));
  const what = `this machine's clock is ${off} ${ahead > 0 ? 'ahead of' : 'behind'} the API's`;
  const advice = 'let it be set by the network: timedatectl set-ntp true';
  if (Math.abs(ahead) >= 300_000) return fail(what, advice);
  return Math.abs(ahead) >= 30_000 ? warn(what, advice) : ok("agrees with the API's");
}
