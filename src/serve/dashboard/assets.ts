import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ASSETS } from '../guard/guard.ts';
import { ASSET_FOLDER } from '../asset-folder.ts';
import { drawFavicon } from './favicon.ts';

/** Finds the address of a file of the dashboard. */
export type AssetAddress = (name: string) => string;

export type Asset = { readonly body: Buffer<ArrayBuffer>; readonly type: string };

export type DashboardAssets = {
  readonly address: AssetAddress;
  /** @param hash of the address; an old one has no file. */
  readonly find: (hash: string, name: string) => Asset | undefined;
};

/** The files that the build copies, and their content types. */
const FILES = [
  'dashboard.css',
  'main.js',
  'plots.js',
  'refresh.js',
  'zone.js',
  'uPlot.iife.min.js',
  'uPlot.min.css',
];
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The path of the dashboard's files. Its last part is a hash of all of them: browsers may keep them. */
export const DASHBOARD_ASSETS = `${ASSETS}dashboard/`;

/** Reads the files of the dashboard. Pages are readable without one that is missing. */
export function readDashboardAssets(): DashboardAssets {
  const icons = (['ok', 'warn', 'bad', 'new'] as const).map(
    (level) => [`${level}.svg`, Buffer.from(drawFavicon(level))] as const,
  );
  const files = new Map([...FILES.flatMap(readAsset), ...icons]);
  const hash = hashFiles(files);
  return {
    address: (name) => `${DASHBOARD_ASSETS}${hash}/${name}`,
    find: (wanted, name) => {
      const body = wanted === hash ? files.get(name) : undefined;
      return body === undefined ? undefined : { body, type: TYPES[name.split('.').at(-1)!]! };
    },
  };
}

function readAsset(name: string): (readonly [string, Buffer<ArrayBuffer>])[] {
  try {
    return [[name, Buffer.from(readFileSync(new URL(`dashboard/${name}`, ASSET_FOLDER)))]];
  } catch {
    return [];
  }
}

function hashFiles(files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const [name, body] of files) hash.update(name).update(body);
  return hash.digest('hex').slice(0, 12);
}
