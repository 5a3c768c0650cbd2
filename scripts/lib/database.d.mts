export interface Server {
  kind: 'mysqld' | 'mariadbd';
  version: string;
  command: string[];
  root: string;
  installer?: string;
  settings?: string[];
}

export interface StartOptions {
  /** The project's folder; data and logs go to its .local/. */
  root: string;
  /** Another data folder; `-2`, `-3` … is appended if other processes use it. */
  dataDir?: string;
  /** A server program to use instead of the installed one. */
  server?: Server;
  /** Keeps the data in memory if there is enough; it is removed when the server stops. */
  inMemory?: boolean;
  log?: (line: string) => void;
}

export interface Database {
  host: string;
  port: number;
  user: string;
  password: string;
  socket: string | undefined;
  kind: 'mysqld' | 'mariadbd';
  version: string;
  /** Undefined if another process started the server. */
  pid: number | undefined;
  /** True if MYSQL_HOST or MYSQL_SOCKET named it. */
  given?: boolean;
  stop: () => Promise<void>;
}

export function startDatabase(options: StartOptions): Promise<Database>;
export function givenDatabase(): Promise<Database | undefined>;
export function testEnvironment(database: Database, env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
