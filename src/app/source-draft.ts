import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../config/config.ts';
import { envFilePath, readEnvFile } from '../config/env-file.ts';
import type { ConfigLocation } from '../config/location.ts';
import { isSourceName } from '../config/sources-file.ts';
import { clock } from '../host/clock.ts';
import { type ProxySettings, NO_PROXIES } from '../http/proxy.ts';
import { noLogs } from '../log/log.ts';
import type { Environment } from '../model/io.ts';
import type { SourceTools } from '../sources/definition.ts';
import { kinds, registry } from '../sources/registry.ts';

/** An entry of sources.yaml to write, and what a look at the source needs. The configuration need not be complete yet. */
export type SourceDraft = {
  /** The path of sources.yaml, which need not exist. */
  readonly file: string;
  /** The path of its JSON Schema, for editors. */
  readonly schema: string;
  /** Whether a source may have this name. */
  isName(name: string): boolean;
  /** The text of sources.yaml; undefined if there is none. */
  read(): string | undefined;
  write(text: string): void;
  readonly tools: SourceTools;
  /** For downloads; it is deleted by `close`. */
  readonly stateFolder: string;
  close(): void;
};

/** Opens sources.yaml for a new entry. @throws ConfigError if a named configuration file does not exist. */
export function openSourceDraft(place: ConfigLocation, env: Environment): SourceDraft {
  const { values } = readEnvFile(place);
  const { config } = readConfig(registry, place, env, kinds);
  const named = env['SOURCES_FILE'] ?? values['SOURCES_FILE'] ?? '';
  const file = resolve(dirname(envFilePath(place)), named === '' ? 'sources.yaml' : named);
  const stateFolder = mkdtempSync(join(tmpdir(), 'trestle-etl-'));
  return {
    file,
    // Next to src/ in the checkout, and next to dist/ in the package.
    schema: fileURLToPath(new URL('../../schema/sources.schema.json', import.meta.url)),
    isName: isSourceName,
    read: () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined),
    write: (text) => writeFileSync(file, text),
    tools: createTools(stateFolder, config?.proxies ?? NO_PROXIES),
    stateFolder,
    close: () => rmSync(stateFolder, { recursive: true, force: true }),
  };
}

function createTools(stateDir: string, proxies: ProxySettings): SourceTools {
  return {
    stateDir,
    proxies,
    clock,
    random: Math.random,
    log: noLogs(),
    meter: { begin: () => () => undefined },
    onSecret: () => undefined,
    isInteractive: true,
  };
}
