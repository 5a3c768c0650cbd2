import type { ArgumentDefinition, Flag } from './definition.ts';
import { parseCount, parseList } from './flag-values.ts';

/** Flags of sync and full-load. */
export type LoadFlags = {
  readonly resources?: readonly string[];
  readonly since?: string;
  readonly dryRun?: boolean;
  readonly maxPages?: number;
  readonly restart?: boolean;
  readonly activeFirst?: boolean;
  readonly strategy?: 'keyset' | 'replication';
  readonly from?: string;
  readonly force?: boolean;
};

export const SOURCE: ArgumentDefinition = {
  name: '[source]',
  help: 'the source, as sources.yaml names it; default: the Trestle feed',
};

export const RESOURCES: Flag = {
  flag: '--resources <names>',
  help: 'only these resources, separated by commas',
  parse: parseList,
};
export const DRY_RUN: Flag = { flag: '--dry-run', help: 'fetch and compare, but write nothing' };
export const MAX_PAGES: Flag = {
  flag: '--max-pages <n>',
  help: 'stop after this many pages of each resource, or of a source of items',
  parse: parseCount,
};
export const FROM: Flag = {
  flag: '--from <path>',
  help: 'county files: read them from this folder or archive instead of downloading them',
};
export const FORCE: Flag = {
  flag: '--force',
  help: 'county files: publish a release that failed its checks; items: delete more than the limit allows',
};
