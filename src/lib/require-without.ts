import { createRequire, Module } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Requires a package without others that it requires but does not need for what it is used for here: they can take longer to
 * load than the package itself, in every run.
 * @param absent what the package gets instead of each, by the name that it resolves.
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
