import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FreshDatabase } from './database.ts';

const SCRIPT = fileURLToPath(new URL('contender.mjs', import.meta.url));

/** What came of an attempt; `name`, `exitCode` and `message` of the error where it was refused. */
export type Attempt = {
  readonly done: boolean;
  readonly name?: string;
  readonly exitCode?: number;
  readonly message?: string;
};

/** A process that runs the lock's code. */
export type Contender = {
  readonly pid: number;
  /** Takes both locks, the directory's and the database's. */
  take(stateDir: string): Promise<Attempt>;
  /** Frees what it holds, if anything. */
  free(): Promise<Attempt>;
  /** SIGKILL: it frees nothing itself. */
  kill(): Promise<void>;
};

/** Starts one; resolves when it listens. */
export function contender(db: FreshDatabase): Contender {
  const { host, port, user, password, name: database } = db;
  const child: ChildProcess = fork(SCRIPT, [JSON.stringify({ host, port, user, password, database })]);
  const ask = async (message: object): Promise<Attempt> => {
    child.send(message);
    const [answer] = (await once(child, 'message')) as [Attempt];
    return answer;
  };
  return {
    pid: child.pid ?? 0,
    take: (stateDir) => ask({ stateDir }),
    free: () => ask({}),
    kill: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
