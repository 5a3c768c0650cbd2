import type { ServerFacts } from '../../db/server-facts.ts';
import { formatSize } from '../../lib/size.ts';
import { fail, type Finding, ok, warn } from '../../sources/check.ts';
import { describeCluster } from './hosts.ts';

const MB = 1024 * 1024;

/** Checks a version: MySQL's `9.7.0`, MariaDB's `10.11.19-MariaDB-…` (with `5.5.5-` before it, for old clients), `8.0.11-TiDB-v8.5.0`. */
export function checkVersion(text: string): Finding {
  if (/tidb/i.test(text)) return warn(text, 'trestle-etl is not tested on TiDB');
  const isMaria = /mariadb/i.test(text);
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(text.replace(/^5\.5\.5-(?=\d)/, '')) ?? [];
  const number = Number(major) * 1_000_000 + Number(minor) * 1000 + Number(patch);
  const [minimum, tested] = isMaria ? [10_002_000, 10_006_000] : [8_000_017, 8_004_000];
  const name = `${isMaria ? 'MariaDB' : 'MySQL'} ${text}`;
  if (Number.isNaN(number)) return warn(`unknown server version "${text}"`, 'use MySQL or MariaDB');
  if (number < minimum) {
    return fail(
      `${name} is too old`,
      isMaria ? 'install MariaDB 10.6 or newer' : 'install MySQL 8.4 or newer',
    );
  }
  if (number < tested)
    return warn(`${name} is older than the tested versions`, 'upgrade to MySQL 8.4 or MariaDB 10.6');
  return ok(name);
}

/** A read-only replica also answers queries and grants locks. */
export function checkWrites({ forbiddenBy, cluster }: Pick<ServerFacts, 'forbiddenBy' | 'cluster'>): Finding {
  const node = cluster === undefined ? '' : `; ${describeCluster(cluster)}`;
  if (forbiddenBy.length === 0) return ok(`the server accepts writes${node}`);
  return fail(
    `the server accepts no writes: ${forbiddenBy.join(', ')}${node}`,
    'set MYSQL_HOST to the primary; if it is the primary: SET GLOBAL read_only = OFF',
  );
}

/** Statements are limited to half of max_allowed_packet, so a record must be smaller than that; listings have 15 to 40 kB. */
export function checkPacketSize(bytes: number): Finding {
  const what = `max_allowed_packet is ${formatSize(bytes)}`;
  const advice = 'set max_allowed_packet = 64M on the server';
  if (bytes < MB) return fail(`${what}: records larger than half of it go to quarantine`, advice);
  if (bytes < 4 * MB) return warn(`${what}: records larger than half of it go to quarantine`, advice);
  return ok(what);
}

/** Pages of 4 KB cannot hold the table `properties` (MariaDB 10.11: `Row size too large`); pages of 8 KB can. */
export function checkStorageEngine(support: string | undefined, pageSize: string | undefined): Finding {
  if (support === undefined || /^(no|disabled)$/i.test(support)) {
    return fail('the server has no InnoDB', 'enable InnoDB on the server, and restart it');
  }
  if (pageSize === undefined) return ok('InnoDB');
  const what = `InnoDB, pages of ${formatSize(Number(pageSize))}`;
  const advice = 'use a server that was set up with innodb_page_size = 16k, its default';
  if (Number(pageSize) < 8192) return fail(`${what}: too small for the tables`, advice);
  return Number(pageSize) < 16_384 ? warn(`${what}: long listings may not fit`, advice) : ok(what);
}
