/** Address and credentials of the database. */
export type DatabaseAddress = {
  readonly host: string;
  readonly port: number;
  readonly socket: string | undefined;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Undefined: no TLS. */
  readonly tls: { readonly ca: string | undefined; readonly checksName: boolean } | undefined;
};
