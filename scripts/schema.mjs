// npm run schema: writes schema/*.json, the JSON Schemas of sources.yaml and of layout files, from the types that check them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfOlder, root } from './lib/project.mjs';
import { runScript } from './lib/run.mjs';
import { createSchemas, formatSchema } from './lib/schemas.mjs';

await runScript(async () => {
  await buildIfOlder();
  const { toJSONSchema } = await load('lib/zod.js');
  const { SOURCE_ID: sourceId } = await load('config/sources-file.js');
  const { kinds } = await load('sources/registry.js');
  const { layoutFile } = await load('sources/county/layouts/layout-file.js');
  const folder = join(root, 'schema');
  mkdirSync(folder, { recursive: true });
  for (const [name, schema] of Object.entries(createSchemas({ toJSONSchema, sourceId, kinds, layoutFile }))) {
    writeFileSync(join(folder, name), formatSchema(schema));
    console.log(`schema/${name}`);
  }
  return 0;
});

/** Imports a compiled module. @param {string} path */
function load(path) {
  return import(pathToFileURL(join(root, 'build', path)).href);
}
