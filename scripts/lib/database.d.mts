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
  /** Another place for the data folder; `-2`, `-3` … is appended while other processes use it. */
  dataDir?: string;
  /** The server program to use instead of the one that is found. */
  server?: Server;
  /** Keeps the data in memory if there is enough of it; they are gone when the server stops. */
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
  /** Undefined when the server was there before us. */
  pid: number | undefined;
  /** MYSQL_HOST or MYSQL_SOCKET named it. */
  given?: boolean;
  stop: () => Promise<void>;
}

export function startDatabase(options: StartOptions): Promise<Database>;
export function givenDatabase(): Promise<Database | undefined>;
export function testEnvironment(database: Database, env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
