/** Selects a configuration: a file, a profile (`.env.NAME` in the working directory), or `.env` in the working directory. */
export type ConfigChoice = { readonly envFile?: string | undefined; readonly profile?: string | undefined };

/** A choice, and the working directory that it is relative to. */
export type ConfigLocation = ConfigChoice & {
  /** Throws if the working directory was removed. */
  readonly cwd: () => string;
};

/** The global flag that selects this configuration, such as `--profile west`; undefined for the `.env` in the working directory. */
export function configFlag({ envFile, profile }: ConfigChoice): string | undefined {
  if (profile !== undefined) return `--profile ${profile}`;
  return envFile === undefined ? undefined : `--env-file ${envFile}`;
}
