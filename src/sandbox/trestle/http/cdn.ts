import { createServer, type Server } from 'node:http';
import { parseRequest } from './parse-request.ts';
import { serveFile } from './serve-file.ts';
import type { SandboxState } from './state.ts';

/** The second origin that media are redirected to. It serves files only, without a quota. */
export function createCdn(state: SandboxState): Server {
  return createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    const parsed = parseRequest(request, state.settings.now());
    if (parsed.seen.kind !== 'file') {
      response.writeHead(404).end();
      return;
    }
    parsed.seen.kind = 'cdn';
    state.requests.push(parsed.seen);
    serveFile(state, parsed, response).catch(() => void response.destroy());
  });
}
