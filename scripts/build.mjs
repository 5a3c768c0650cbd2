// The second half of npm run build: bundles the modules that tsc has written to build/ into dist/, because Node.js takes
// longer to load hundreds of small files than to run them. Packages are not bundled.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Ids of what is not ours: packages and modules of Node.js. */
const PACKAGE = /^[^./\0]/;

/** The command line as a process, and as a function for tests. */
const ENTRY = '\0cli';
const ENTRY_CODE = `
export { start } from '${ROOT}build/cli/process.js';
export { cli } from '${ROOT}build/cli.js';`;

/**
 * Chunks, each with the modules that its own ones need. A module belongs to the first chunk that needs it. The code of a
 * command that is in none of them is a chunk too.
 */
const GROUPS = [
  // Before a command is called.
  { name: 'cli', tags: [/** @type {const} */ ('$initial')] },
  // Every run.
  { name: 'run', test: /\/build\/(?:app\/context|commands\/shared\/load-sources)\.js$/ },
  // The first request to the feed.
  { name: 'feed', test: /\/build\/sources\/trestle\/odata\/index\.js$/ },
  // Sources whose files are downloaded: what `status` shares with other commands must not load it.
  { name: 'download', test: /\/build\/http\/download\/index\.js$/ },
  // The readers of items, which runs and `sources init` load.
  { name: 'items', test: /\/build\/sources\/items\/open-reader\.js$/ },
  { name: 'sandbox', test: /\/build\/sandbox\// },
  // Several commands.
  { name: 'shared', test: /\/build\//, minShareCount: 2 },
].map((group, nth, { length }) => ({ ...group, priority: length - nth }));

rmSync(`${ROOT}dist`, { recursive: true, force: true });
await bundleChunks();
await bundleMain();
copyAssets('docs', [
  import.meta.resolve('swagger-ui-dist/swagger-ui.css'),
  import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
  import.meta.resolve('swagger-ui-dist/LICENSE'),
  import.meta.resolve('swagger-ui-dist/NOTICE'),
  new URL('../src/serve/docs/start.js', import.meta.url).href,
]);
const CLIENT = new URL('../src/serve/dashboard/client/', import.meta.url);
copyAssets('dashboard', [
  ...readdirSync(CLIENT)
    .filter((name) => /\.(?:js|css)$/.test(name))
    .map((name) => new URL(name, CLIENT).href),
  new URL('uPlot.iife.min.js', import.meta.resolve('uplot')).href,
  new URL('uPlot.min.css', import.meta.resolve('uplot')).href,
]);

/**
 * Copies files that browsers load to dist/assets.
 * @param {string} folder below it
 * @param {readonly string[]} files as file: addresses
 */
function copyAssets(folder, files) {
  const target = `${ROOT}dist/assets/${folder}`;
  mkdirSync(target, { recursive: true });
  for (const file of files) copyFileSync(fileURLToPath(file), join(target, basename(file)));
}

/** A separate bundle, because an old Node.js must be able to load it as a whole: it says that Node.js is too old. */
async function bundleMain() {
  const chunk = './chunks/cli.js';
  const bundle = await rolldown({
    input: { main: `${ROOT}build/main.js` },
    platform: 'node',
    plugins: [
      {
        name: 'chunk',
        resolveId: (id) => (id === './cli/process.js' ? { id: chunk, external: true } : undefined),
      },
    ],
  });
  await bundle.write({ dir: `${ROOT}dist`, minify: false });
}

/** Chunks lie two levels below the root, like most modules of src/: `../../package.json` is the same file in both. */
async function bundleChunks() {
  const bundle = await rolldown({
    input: { cli: ENTRY },
    platform: 'node',
    external: PACKAGE,
    preserveEntrySignatures: 'allow-extension',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? ENTRY : undefined),
        load: (id) => (id === ENTRY ? ENTRY_CODE : undefined),
      },
    ],
  });
  const { output } = await bundle.write({
    dir: `${ROOT}dist/chunks`,
    entryFileNames: '[name].js',
    chunkFileNames: ({ name, facadeModuleId }) => `${nameOfCommand(facadeModuleId) ?? name}.js`,
    codeSplitting: { groups: GROUPS },
    minify: false,
    minifyInternalExports: false,
    // Each start would read them: a sixth of the text.
    comments: { jsdoc: false },
  });
  checkPackages(
    output.flatMap((file) => (file.type === 'chunk' ? [...file.imports, ...file.dynamicImports] : [])),
  );
}

/** Throws if the bundler has added a package that is not installed with the tool. @param {readonly string[]} imports */
function checkPackages(imports) {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  const known = new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies)]);
  const unknown = imports.filter((id) => PACKAGE.test(id) && !isBuiltin(id) && !id.endsWith('.js'));
  for (const id of unknown) {
    const name = id
      .split('/')
      .slice(0, id.startsWith('@') ? 2 : 1)
      .join('/');
    if (!known.has(name)) throw new Error(`dist/ imports ${id}, which is no dependency of package.json`);
  }
}

/** @param {string | null | undefined} id such as …/build/commands/usage/show.js @returns usage-show */
function nameOfCommand(id) {
  return /\/build\/commands\/(.+)\.js$/.exec(id ?? '')?.[1]?.replaceAll('/', '-');
}
