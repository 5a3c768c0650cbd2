import { hcad } from './hcad/index.ts';
import type { Layout } from './layout.ts';
import type { LayoutFile } from './layout-file.ts';
import { pacs } from './pacs/index.ts';
import { readLayout } from './read-layout.ts';
import { tarrant } from './tarrant.ts';

const BUILT_IN: readonly LayoutFile[] = [hcad, pacs, tarrant];

/** Returns a built-in layout; undefined if no layout has this name. */
export function builtInLayout(name: string): Layout | undefined {
  const file = BUILT_IN.find((each) => each.name === name);
  return file && readLayout(file, name);
}
