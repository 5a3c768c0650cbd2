import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** Resolves when more can be written, or when nothing can be written any more. */
export function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      response.off('drain', finish).off('close', finish);
      resolve();
    };
    response.on('drain', finish).on('close', finish);
  });
}

/** Ends the connection after what was written has left. */
export async function breakConnection(response: ServerResponse): Promise<void> {
  const { socket } = response;
  if (socket === null || socket.destroyed) return;
  while (socket.writableLength > 0 && !socket.destroyed) await wait(1);
  socket.destroySoon();
}
