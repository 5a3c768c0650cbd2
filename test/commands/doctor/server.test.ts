import { describe, expect, test } from 'vitest';
import {
  checkStorageEngine,
  checkPacketSize,
  checkVersion,
  checkWrites,
} from '../../../src/commands/doctor/server.ts';
import { findReadOnly } from '../../../src/db/server-state.ts';

describe('the version', () => {
  test.each([
    ['9.7.0', 'ok'],
    ['8.4.0-0ubuntu1', 'ok'],
    ['8.0.36', 'warn'],
    ['8.0.16', 'fail'],
    ['5.7.44-log', 'fail'],
    ['10.11.19-MariaDB-0+deb12u1', 'ok'],
    ['5.5.5-11.8.2-MariaDB', 'ok'],
    ['10.5.29-MariaDB', 'warn'],
    ['10.1.48-MariaDB', 'fail'],
    ['8.0.11-TiDB-v8.5.0', 'warn'],
    ['something else', 'warn'],
  ])('%s is %s', (version, result) => {
    expect(checkVersion(version).result).toBe(result);
  });
});

describe('the server', () => {
  test.each([
    [{}, 'ok'],
    [{ read_only: 'OFF', super_read_only: 'OFF' }, 'ok'],
    [{ read_only: 'ON' }, 'fail'],
    [{ read_only: 'OFF', innodb_read_only: '1' }, 'fail'],
    [{ read_only: 'NO_LOCK' }, 'fail'],
  ])('with %j takes writes: %s', (values, result) => {
    expect(checkWrites({ forbiddenBy: findReadOnly(values), cluster: undefined }).result).toBe(result);
  });

  test.each([
    [64, 'ok'],
    [4, 'ok'],
    [2, 'warn'],
    [0.5, 'fail'],
  ])('with packets of %d MB is %s', (megabytes, result) => {
    expect(checkPacketSize(megabytes * 1024 * 1024).result).toBe(result);
  });

  test.each([
    ['DEFAULT', '16384', 'ok'],
    ['YES', undefined, 'ok'],
    ['YES', '8192', 'warn'],
    ['YES', '4096', 'fail'],
    ['NO', '16384', 'fail'],
    [undefined, '16384', 'fail'],
  ])('with InnoDB %s and pages of %s is %s', (support, pageSize, result) => {
    expect(checkStorageEngine(support, pageSize).result).toBe(result);
  });
});
