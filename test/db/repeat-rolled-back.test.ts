import { expect, test } from 'vitest';
import { repeatRolledBack } from '../../src/db/repeat-rolled-back.ts';
import { TransactionRetryError } from '../../src/errors.ts';

const NONE = { matched: 0, id: 0 };

/** A connection whose statements lose a conflict, this often. Its answers have the state of the transaction, as a server's do. */
function losing(times: number, errno = 1213) {
  const sent: string[] = [];
  let isInTransaction = false;
  const run = repeatRolledBack(async (sql) => {
    sent.push(sql);
    if (sql === 'START TRANSACTION' || sql === 'ROLLBACK') isInTransaction = sql !== 'ROLLBACK';
    if (sql !== 'START TRANSACTION' && sql !== 'ROLLBACK' && (times -= 1) >= 0) {
      throw new TransactionRetryError('rolled back', {
        op: sql,
        cause: Object.assign(new Error(), { errno }),
      });
    }
    return { ...NONE, isInTransaction };
  });
  return { run, sent };
}

test('a statement outside a transaction is repeated after a deadlock', async () => {
  const { run, sent } = losing(2);
  expect(await run('UPDATE t')).toMatchObject(NONE);
  expect(sent).toEqual(['UPDATE t', 'UPDATE t', 'UPDATE t']);
});

test('but not for ever', async () => {
  const { run, sent } = losing(Infinity);
  await expect(run('UPDATE t')).rejects.toBeInstanceOf(TransactionRetryError);
  expect(sent).toHaveLength(5);
});

test('and not after a lock wait, which has taken long enough', async () => {
  const { run, sent } = losing(1, 1205);
  await expect(run('UPDATE t')).rejects.toBeInstanceOf(TransactionRetryError);
  expect(sent).toHaveLength(1);
});

test('within a transaction nothing is repeated, and after it again', async () => {
  const { run, sent } = losing(2);
  await run('START TRANSACTION');
  await expect(run('UPDATE t')).rejects.toBeInstanceOf(TransactionRetryError);
  await run('ROLLBACK');
  await run('UPDATE u');
  expect(sent).toEqual(['START TRANSACTION', 'UPDATE t', 'ROLLBACK', 'UPDATE u', 'UPDATE u']);
});

test('the state of the transaction comes from the answers of the server, not from the text of the statement', async () => {
  const answers = [true, undefined, false];
  let tries = 0;
  const run = repeatRolledBack(async (sql): Promise<{ isInTransaction?: boolean }> => {
    if (sql === 'UPDATE t' && (tries += 1) % 2 === 1) {
      throw new TransactionRetryError('rolled back', {
        op: sql,
        cause: Object.assign(new Error(), { errno: 1213 }),
      });
    }
    const isInTransaction = answers.shift();
    return isInTransaction === undefined ? {} : { isInTransaction };
  });
  await run('START TRANSACTION READ WRITE');
  await run('an answer without the state');
  await expect(run('UPDATE t')).rejects.toBeInstanceOf(TransactionRetryError);
  await run('ROLLBACK AND NO CHAIN');
  tries = 0;
  await run('UPDATE t');
  expect(tries).toBe(2);
});
