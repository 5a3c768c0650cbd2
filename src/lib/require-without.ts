import { createRequire, Module } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Requires a package without some of its own dependencies that we do not need: they can take longer to load than the package
 * itself, in every run.
 * @param absent replacement for each dependency, by the name that the package resolves.
 */
export function requireWithout(name: string, absent: Readonly<Record<string, unknown>>): unknown {
  const { resolve } = createRequire(require.resolve(name));
  const added = Object.entries(absent).flatMap(([other, instead]) => {
    const path = resolve(other);
    if (path in require.cache) return [];
    require.cache[path] = Object.assign(new Module(path), { loaded: true, exports: instead });
    return [path];
  });
  try {
    return require(name);
  } finally {
    for (const path of added) Reflect.deleteProperty(require.cache, path);
  }
}
