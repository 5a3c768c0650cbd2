import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { gateTo, type TcpGate } from '../tcp-gate.ts';
import type { Network } from './network.ts';

export type NodeOptions = {
  /** From 1. */
  readonly number: number;
  readonly size: number;
  readonly network: Network;
  /** Short: it has the socket, whose path may have 107 bytes. */
  readonly folder: string;
  /** The data of a new server. */
  readonly pattern: string;
  readonly program: string;
  readonly provider: string;
};

/** A node of a cluster. */
export class ClusterNode {
  readonly name: string;
  /** The port of 127.0.0.1 at which the tool reaches it. */
  port = 0;
  gate: TcpGate | undefined;
  readonly #options: NodeOptions;
  #child: ChildProcess | undefined;
  #connection: Connection | undefined;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.name = `node${options.number}`;
    process.on('exit', () => this.#child?.kill('SIGKILL'));
  }

  get socket(): string {
    return join(this.#options.folder, `${this.#options.number}.sock`);
  }

  get logFile(): string {
    return join(this.#options.folder, `${this.name}.log`);
  }

  get data(): string {
    return join(this.#options.folder, this.name);
  }

  /** Starts it, and waits until it is synced. @param isFirst whether it makes a new cluster. */
  async start(isFirst = false, settings: readonly string[] = []): Promise<void> {
    const { network, number, pattern } = this.#options;
    if (isFirst || this.port === 0) {
      rmSync(this.data, { recursive: true, force: true });
      // cp keeps the owner.
      execFileSync('cp', ['-a', pattern, this.data]);
    }
    this.gate ??= await gateTo({ path: this.socket });
    this.port = this.gate.port;
    rmSync(this.socket, { force: true });
    const [file = '', ...args] = [...network.commandFor(number), ...this.#command(isFirst), ...settings];
    const out = openSync(this.logFile, 'a');
    this.#child = spawn(file, args, { stdio: ['ignore', out, out], detached: true });
    closeSync(out);
    await this.waitFor('Synced');
  }

  #command(isFirst: boolean): string[] {
    const { network, number, program, provider, size } = this.#options;
    const address = network.addressOf(number);
    const all = Array.from({ length: size }, (_, index) => network.addressOf(index + 1)).join(',');
    return [
      program,
      '--no-defaults',
      // rsync refuses to receive a state as root.
      '--user=mysql',
      `--datadir=${this.data}`,
      `--socket=${this.socket}`,
      `--pid-file=${this.data}/pid`,
      '--max-connections=100',
      '--default-time-zone=+05:45',
      '--innodb-buffer-pool-size=64M',
      '--innodb-log-file-size=64M',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-doublewrite=0',
      '--performance-schema=OFF',
      '--binlog-format=ROW',
      '--innodb-autoinc-lock-mode=2',
      '--wsrep-on=ON',
      `--wsrep-provider=${provider}`,
      '--wsrep-cluster-name=trestle',
      `--wsrep-cluster-address=gcomm://${isFirst ? '' : all}`,
      `--wsrep-node-name=${this.name}`,
      `--wsrep-node-address=${address}`,
      '--wsrep-sst-method=rsync',
      '--wsrep-slave-threads=2',
      // A node that does not answer is given up after about a second, instead of five.
      '--wsrep-provider-options=' +
        'evs.keepalive_period=PT0.2S;evs.inactive_check_period=PT0.2S;evs.suspect_timeout=PT1S;' +
        'evs.inactive_timeout=PT3S;evs.install_timeout=PT3S;gcache.size=64M;pc.recovery=false;repl.causal_read_timeout=PT10S',
    ];
  }

  /** A connection of root that is not through the gate. */
  async root(): Promise<Connection> {
    this.#connection ??= await createConnection({
      socketPath: this.socket,
      user: 'root',
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      jsonStrings: true,
    });
    return this.#connection;
  }

  async query<T = Record<string, string>>(sql: string, params: unknown[] = []): Promise<T[]> {
    const connection = await this.root();
    const [rows] = await connection.query(sql, params).catch((error: unknown) => {
      this.#connection = undefined;
      connection.destroy();
      throw error;
    });
    return rows as T[];
  }

  async status(name: string): Promise<string> {
    const [row] = await this.query<{ Value: string }>('SHOW GLOBAL STATUS LIKE ?', [name]);
    return row?.Value ?? '';
  }

  /** Waits for a wsrep_local_state_comment such as Synced. */
  async waitFor(state: string, ms = 90_000): Promise<void> {
    const until = Date.now() + ms;
    let seen = '';
    while (Date.now() < until) {
      if (this.#child?.exitCode !== null && this.#child?.exitCode !== undefined) break;
      seen = await this.#stateNow().catch((error: unknown) => String(error));
      if (seen === state) return;
      await wait(100);
    }
    throw new Error(`${this.name} is not ${state} but ${seen}; its log: ${this.logFile}`);
  }

  async #stateNow(): Promise<string> {
    const state = await this.status('wsrep_local_state_comment');
    return state === 'Synced' && (await this.status('wsrep_ready')) !== 'ON' ? 'not ready' : state;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the process at once. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#connection?.destroy();
    this.#connection = undefined;
    if (child === undefined || !this.isRunning) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
}
