import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isCountyFault } from '../faults.ts';
import type { CountyState } from './state.ts';

/** Answers the control interface, through which other processes publish a release, set faults and read requests. */
export async function answerControl(
  state: CountyState,
  path: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await text(request);
  const reply = (status: number, value: unknown, after?: () => void): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(value), after);
  };
  switch (`${request.method} ${path}`) {
    case 'POST release':
      state.release = parseRelease(query.get('number')) ?? state.release + 1;
      reply(200, { release: state.release });
      break;
    case 'POST fault':
      if (addFault(state, body)) reply(200, {});
      else reply(400, { error: 'not a fault the sandbox knows' });
      break;
    case 'DELETE fault':
      state.faults.clear();
      reply(200, {});
      break;
    case 'GET requests':
      reply(200, state.requests);
      break;
    case 'POST stop':
      reply(200, {}, () => void state.stop());
      break;
    default:
      reply(404, { error: `no ${request.method} /sandbox/${path} here` });
  }
}

function parseRelease(value: string | null): number | undefined {
  return value !== null && /^[1-9]\d{0,3}$/.test(value) ? Number(value) : undefined;
}

/** `count: null` is every request. */
function addFault(state: CountyState, body: string): boolean {
  try {
    const fault: unknown = JSON.parse(body, (name, value: unknown) =>
      name === 'count' && value === null ? Infinity : value,
    );
    if (!isCountyFault(fault)) return false;
    state.faults.add(fault);
    return true;
  } catch {
    return false;
  }
}
