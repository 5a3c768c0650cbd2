import { dirname } from 'node:path';
import type { Checkup, Parts } from '../../app/checkup.ts';
import { ConfigError } from '../../errors.ts';
import { folderHint } from '../../host/folder.ts';
import { describeOldNode, MIN_NODE_VERSION } from '../../lib/node-version.ts';
import { formatSize } from '../../lib/size.ts';
import { type Check, fail, failed, type Finding, ok, warn } from '../../sources/check.ts';

/** Checks Node.js, the configuration, and the folders that it names. */
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

/** Runs succeed without the file, but their metrics would not be updated. */
function createMetricsCheck(host: Checkup['host'], file: string): Check {
  const folder = dirname(file);
  return {
    name: 'metrics file',
    needs: ['configuration'],
    run: () => {
      const { exists, problem } = host.folder(folder, 'metrics');
      if (!exists)
        return warn(
          `there is no folder ${folder}, and runs do not create it`,
          `create it, or change METRICS_FILE`,
        );
      return problem === undefined
        ? ok(file)
        : warn(`${file}: ${problem.message}`, folderHint(problem, 'METRICS_FILE'));
    },
  };
}

export function checkNode(version: string): Finding {
  if (describeOldNode(version) === undefined) return ok(version);
  return fail(
    `${version} is too old`,
    `install Node.js ${MIN_NODE_VERSION} or newer, and check which one cron's PATH finds`,
  );
}

export function checkConfiguration({ file, host, parts, place, reading }: Checkup): Finding {
  if (reading instanceof ConfigError) return failed(reading);
  if (parts === undefined) {
    const advice =
      reading.file === undefined
        ? `there is no ${file}: trestle-etl init creates one`
        : `correct ${file}; docs/configuration.md describes every variable`;
    return fail(reading.problems.join('\n'), advice);
  }
  if (reading.file === undefined) return ok(`from the environment only: there is no ${file}`);
  const shared = checkSharedSettings(file, host.findConflicts(file, parts.config));
  if (shared !== undefined) return shared;
  if (reading.overridden.length > 0) {
    const profiles = place.profile === undefined ? '' : ', for every profile';
    return warn(
      `the environment overrides ${file}${profiles}: ${reading.overridden.join(', ')}`,
      `unset ${reading.overridden.join(' ')}, unless that is intended`,
    );
  }
  if (host.isReadableByOthers(file))
    return warn(`other users can read the secrets in ${file}`, `chmod 600 ${file}`);
  return ok(file);
}

const CONSEQUENCES: Readonly<Record<string, string>> = {
  MYSQL_DATABASE: "two feeds in it would delete each other's rows",
  STATE_DIR: 'one feed waits while the other runs, and each uses the state of the other',
  LOG_DIR: 'the lines of both feeds would be mixed',
  METRICS_FILE: 'each run would replace the metrics of the other feed',
};

function checkSharedSettings(
  file: string,
  neighbours: ReturnType<Checkup['host']['findConflicts']>,
): Finding | undefined {
  const variable = Object.keys(CONSEQUENCES).find((each) =>
    neighbours.some(({ shares }) => shares.includes(each)),
  );
  if (variable === undefined) return undefined;
  const names = neighbours.filter(({ shares }) => shares.includes(variable)).map(({ name }) => name);
  return warn(
    `${file} and ${names.join(', ')} name the same ${variable}: ${CONSEQUENCES[variable]}`,
    `give each feed a separate ${variable}`,
  );
}

function checkFolder({ host }: Checkup, { config }: Parts, variable: 'STATE_DIR' | 'LOG_DIR'): Finding {
  const [path, kind] =
    variable === 'STATE_DIR' ? ([config.stateDir, 'state'] as const) : ([config.log.dir, 'logs'] as const);
  const { exists, problem, free } = host.folder(path, kind);
  if (problem !== undefined) return fail(`${path}: ${problem.message}`, folderHint(problem, variable));
  const folder = exists ? path : `${path}, which the first run creates`;
  if (free === undefined) return ok(folder);
  const what = `${folder}: ${formatSize(free)} free`;
  const advice = folderHint({ code: 'ENOSPC' }, variable);
  if (free < config.minFree.disk) {
    return fail(`${what}, less than the ${formatSize(config.minFree.disk)} of MIN_DISK_FREE`, advice);
  }
  if (free < config.alerts.diskFree) {
    return warn(`${what}, less than the ${formatSize(config.alerts.diskFree)} of ALERT_DISK_FREE`, advice);
  }
  return ok(what);
}
