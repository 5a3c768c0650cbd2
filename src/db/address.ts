/** A host that MYSQL_HOST names, and its port. */
export type DatabaseHost = { readonly host: string; readonly port: number };

/** How to encrypt connections. */
export type TlsSettings = {
  /** PEM; undefined: the authorities that Node.js knows. */
  readonly ca: string | undefined;
  readonly checksName: boolean;
  /** Shown to a server that asks for a certificate; PEM. */
  readonly client?: { readonly certificate: string; readonly key: string };
};

/** Address and credentials of the database. */
export type DatabaseAddress = DatabaseHost & {
  /** Tried after the first host, in this order: their servers are other nodes of a cluster, or can become the primary. */
  readonly otherHosts?: readonly DatabaseHost[];
  readonly socket: string | undefined;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Undefined: no TLS. */
  readonly tls: TlsSettings | undefined;
};

/** Lists the address once for each of its hosts. */
export function listAddresses({ otherHosts = [], ...address }: DatabaseAddress): readonly DatabaseAddress[] {
  const hosts = [address, ...(address.socket === undefined ? otherHosts : [])];
  return hosts.map(({ host, port }) => ({ ...address, host, port }));
}
