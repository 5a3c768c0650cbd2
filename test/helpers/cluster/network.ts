import { execFileSync } from 'node:child_process';
import { atFileEnd } from '../clean-up.ts';

/** A private network of nodes, each in a network namespace, that no other process shares. */
export type Network = {
  /** The address of the nth node, from 1. */
  addressOf(node: number): string;
  /** The start of a command line that runs a program on a node. */
  commandFor(node: number): readonly string[];
  /** Cuts a node off from the others, or connects it again. */
  setLink(node: number, state: 'up' | 'down'): void;
};

/** @returns undefined if this user may not create namespaces, or there is no `ip`. */
export function openNetwork(size: number): Network | undefined {
  const hub = `trestle-${process.pid}-hub`;
  const spaces = Array.from({ length: size }, (_, index) => `trestle-${process.pid}-${index + 1}`);
  const remove = (): void => [hub, ...spaces].forEach((space) => tryIp('netns', 'del', space));
  try {
    ip('netns', 'add', hub);
    ip('-n', hub, 'link', 'add', 'switch', 'type', 'bridge');
    ip('-n', hub, 'link', 'set', 'switch', 'up');
    for (const [index, space] of spaces.entries()) {
      const [port, address] = [`node${index + 1}`, `10.0.0.${index + 1}/24`];
      ip('netns', 'add', space);
      ip('link', 'add', port, 'netns', hub, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
      ip('-n', hub, 'link', 'set', port, 'master', 'switch', 'up');
      ip('-n', space, 'addr', 'add', address, 'dev', 'eth0');
      for (const link of ['lo', 'eth0']) ip('-n', space, 'link', 'set', link, 'up');
    }
  } catch {
    remove();
    return undefined;
  }
  atFileEnd(remove);
  return {
    addressOf: (node) => `10.0.0.${node}`,
    commandFor: (node) => ['ip', 'netns', 'exec', spaces[node - 1]!],
    setLink: (node, state) => ip('-n', hub, 'link', 'set', `node${node}`, state),
  };
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function tryIp(...args: string[]): void {
  try {
    ip(...args);
  } catch {
    // It does not exist.
  }
}
