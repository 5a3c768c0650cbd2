import { expect, test } from 'vitest';
import { type ActualColumn, describeLoss } from '../../src/db/column-fit.ts';

const TEXTUAL = /char|text/;

function here(type: string, more: Partial<ActualColumn> = {}): ActualColumn {
  return { type, nullable: 'YES', extra: '', collation: TEXTUAL.test(type) ? 'utf8mb4_bin' : null, ...more };
}

test.each([
  ['INT NULL', 'int(11)'],
  ['INT NULL', 'int'],
  ['INT NULL', 'bigint(20)'],
  ['INT NULL', 'int(10) unsigned'],
  ['INT NULL', 'decimal(10,0)'],
  ['TINYINT(1) NULL', 'tinyint(1)'],
  ['TINYINT(1) NULL', 'int(11)'],
  ['BIGINT NULL', 'bigint'],
  ['DECIMAL(14,2) NULL', 'decimal(14,2)'],
  ['DECIMAL(14,2) NULL', 'decimal(16,4)'],
  ['VARCHAR(64) NULL', 'varchar(64)'],
  ['VARCHAR(64) NULL', 'varchar(500)'],
  ['VARCHAR(64) NULL', 'text'],
  ['VARCHAR(64) NULL', 'varchar(64) /*m!100301 compressed*/'],
  ['TEXT NULL', 'mediumtext'],
  ['LONGTEXT NULL', 'longtext'],
  ['DATETIME(3) NULL', 'datetime(3)'],
  ['DATETIME(3) NULL', 'datetime(6)'],
  ['DATE NULL', 'date'],
  ['CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL', 'varchar(32)'],
])('%s is held by %s', (definition, type) => {
  expect(describeLoss(definition, here(type))).toBeUndefined();
});

test.each([
  ['INT NULL', 'smallint(6)'],
  ['INT NULL', 'int(10) unsigned zerofill'],
  ['INT NULL', 'decimal(9,0)'],
  ['INT NULL', 'decimal(12,2)'],
  ['INT NULL', 'double'],
  ['BIGINT NULL', 'int'],
  ['DECIMAL(14,2) NULL', 'decimal(14,3)'],
  ['DECIMAL(14,2) NULL', 'decimal(14,1)'],
  ['DECIMAL(14,2) NULL', 'float'],
  ['DECIMAL(14,2) NULL', 'double'],
  ['DECIMAL(14,2) NULL', 'bigint(20)'],
  ['VARCHAR(64) NULL', 'varchar(63)'],
  ['VARCHAR(64) NULL', 'tinytext'],
  ['VARCHAR(64) NULL', 'char(64)'],
  ['VARCHAR(64) NULL', "enum('a','b')"],
  ['VARCHAR(64) NULL', 'varbinary(255)'],
  ['TEXT NULL', 'varchar(1000)'],
  ['LONGTEXT NULL', 'mediumtext'],
  ['LONGTEXT NULL', 'json'],
  ['DATETIME(3) NULL', 'datetime'],
  ['DATETIME(3) NULL', 'timestamp(3)'],
  ['DATETIME(3) NULL', 'date'],
  ['DATE NULL', 'datetime'],
])('%s is not held by %s', (definition, type) => {
  expect(describeLoss(definition, here(type))).toBe(type);
});

test.each([
  ['INT NULL', here('int', { nullable: 'NO' }), 'int NOT NULL'],
  ['INT NOT NULL', here('int', { nullable: 'NO' }), undefined],
  ['INT NOT NULL', here('int'), undefined],
  ['INT NULL', here('int', { extra: 'STORED GENERATED' }), 'generated'],
  ['INT AS (a) VIRTUAL', here('int', { extra: 'VIRTUAL GENERATED' }), undefined],
  ['INT AS (a) VIRTUAL', here('int', { extra: 'STORED GENERATED' }), undefined],
  ['INT AS (a IS NOT NULL) VIRTUAL', here('int'), 'not generated'],
  ['DATETIME(3) NULL', here('datetime(3)', { extra: 'DEFAULT_GENERATED' }), undefined],
  [
    'DATETIME(3) NULL',
    here('datetime(3)', { extra: 'on update current_timestamp(3)' }),
    'datetime(3) on update current_timestamp(3)',
  ],
  ['BIGINT NOT NULL AUTO_INCREMENT', here('bigint'), 'without AUTO_INCREMENT'],
  ['BIGINT NOT NULL AUTO_INCREMENT', here('bigint', { extra: 'auto_increment' }), undefined],
  [
    'VARCHAR(9) NULL',
    here('varchar(9)', { collation: 'latin1_swedish_ci' }),
    'varchar(9) COLLATE latin1_swedish_ci',
  ],
  ['VARCHAR(9) NULL', here('varchar(9)', { collation: 'utf8mb4_uca1400_ai_ci' }), undefined],
  ['CHAR(9) CHARACTER SET ascii NULL', here('char(9)', { collation: 'ascii_bin' }), undefined],
])('%s as %o: %s', (definition, column, why) => {
  expect(describeLoss(definition, column)).toBe(why);
});
