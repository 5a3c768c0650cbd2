import { dirname } from 'node:path';
import type { Checkup, Parts } from '../../app/checkup.ts';
import { ConfigError } from '../../errors.ts';
import { remedy } from '../../host/folder.ts';
import { formatSize } from '../../lib/size.ts';
import { type Check, fail, failed, type Finding, ok, warn } from '../../sources/check.ts';

/** What package.json's `engines` asks for. */
export const OLDEST_NODE = '20.19';

/** Node, the configuration, and the folders that it names. */
export function listSetupChecks(checkup: Checkup, parts: () => Parts): Check[] {
  return [
    { name: 'Node', needs: [], run: () => checkNode(checkup.version) },
    { name: 'configuration', needs: [], run: () => checkConfiguration(checkup) },
    {
      name: 'state folder',
      needs: ['configuration'],
      run: () => checkFolder(checkup, parts(), 'STATE_DIR'),
    },
    { name: 'log folder', needs: ['configuration'], run: () => checkFolder(checkup, parts(), 'LOG_DIR') },
    ...(checkup.parts?.config.metricsFile === undefined
      ? []
      : [createMetricsCheck(checkup.host, checkup.parts.config.metricsFile)]),
  ];
}

/** Runs go well without it, and nobody sees how: their figures would stand still. */
function createMetricsCheck(host: Checkup['host'], file: string): Check {
  const folder = dirname(file);
  return {
    name: 'metrics file',
    needs: ['configuration'],
    run: () => {
      const { isThere, trouble } = host.folder(folder, 'metrics');
      if (!isThere)
        return warn(`there is no folder ${folder}, and no run makes it`, `make it, or set METRICS_FILE`);
      return trouble === undefined
        ? ok(file)
        : warn(`${file}: ${trouble.message}`, remedy(trouble, 'METRICS_FILE'));
    },
  };
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least = 0, leastMinor = 0] = OLDEST_NODE.split('.').map(Number);
  if (major > least || (major === least && minor >= leastMinor)) return ok(version);
  return fail(
    `${version} is too old`,
    `install Node.js ${OLDEST_NODE} or newer, and look which one cron's PATH finds`,
  );
}

export function checkConfiguration({ file, host, parts, place, reading }: Checkup): Finding {
  if (reading instanceof ConfigError) return failed(reading);
  if (parts === undefined) {
    const advice =
      reading.file === undefined
        ? `there is no ${file}: trestle-etl init writes one`
        : `correct ${file}; docs/configuration.md explains every variable`;
    return fail(reading.problems.join('\n'), advice);
  }
  if (reading.file === undefined) return ok(`from the environment alone: there is no ${file}`);
  const shared = checkSharedSettings(file, host.neighbours(file, parts.config));
  if (shared !== undefined) return shared;
  if (reading.overridden.length > 0) {
    const profiles = place.profile === undefined ? '' : ', for every profile';
    return warn(
      `the environment wins over ${file}${profiles}: ${reading.overridden.join(', ')}`,
      `unset ${reading.overridden.join(' ')}, unless that is meant`,
    );
  }
  if (host.isOpen(file)) return warn(`others may read the secrets in ${file}`, `chmod 600 ${file}`);
  return ok(file);
}

const CONSEQUENCES: Readonly<Record<string, string>> = {
  MYSQL_DATABASE: "two feeds in it would delete each other's rows",
  STATE_DIR: 'one feed waits while the other runs, and each takes over what the other remembers',
  LOG_DIR: 'nobody can tell whose line is whose',
  METRICS_FILE: 'each run would replace the figures of the other feed',
};

function checkSharedSettings(
  file: string,
  neighbours: ReturnType<Checkup['host']['neighbours']>,
): Finding | undefined {
  const variable = Object.keys(CONSEQUENCES).find((each) =>
    neighbours.some(({ shares }) => shares.includes(each)),
  );
  if (variable === undefined) return undefined;
  const names = neighbours.filter(({ shares }) => shares.includes(variable)).map(({ name }) => name);
  return warn(
    `${file} and ${names.join(', ')} name the same ${variable}: ${CONSEQUENCES[variable]}`,
    `give each feed a ${variable} of its own`,
  );
}

function checkFolder({ host }: Checkup, { config }: Parts, variable: 'STATE_DIR' | 'LOG_DIR'): Finding {
  const [path, kind] =
    variable === 'STATE_DIR' ? ([config.stateDir, 'state'] as const) : ([config.log.dir, 'logs'] as const);
  const { isThere, trouble, free } = host.folder(path, kind);
  if (trouble !== undefined) return fail(`${path}: ${trouble.message}`, remedy(trouble, variable));
  const where = isThere ? path : `${path}, which the first run makes`;
  if (free === undefined) return ok(where);
  const what = `${where}: ${formatSize(free)} free`;
  const advice = remedy({ code: 'ENOSPC' }, variable);
  if (free < config.least.disk) {
    return fail(`${what}, less than the ${formatSize(config.least.disk)} of MIN_DISK_FREE`, advice);
  }
  if (free < config.alerts.diskFree) {
    return warn(`${what}, less than the ${formatSize(config.alerts.diskFree)} of ALERT_DISK_FREE`, advice);
  }
  return ok(what);
}
