import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { SECURITY_HEADERS } from '../guard/security-headers.ts';
import { RequestError } from '../request-error.ts';
import { formatProblem } from './envelope.ts';
import { JSON_TYPE } from './json-type.ts';

/** Answers to what never becomes a request of the framework: they have the same headers and the same body as others. */

/** @param problem what is wrong with the bytes that were sent. */
function createRefusal(problem: RequestError): {
  readonly text: string;
  readonly headers: [string, string][];
} {
  const id = randomUUID();
  const text = formatProblem(problem, id);
  const headers = Object.entries({
    ...SECURITY_HEADERS,
    'content-type': JSON_TYPE,
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'no-store',
    'x-request-id': id,
  });
  return { text, headers };
}

/** An answer to a request whose address or `Host` header the framework cannot read. */
export function refuseRequest(): Response {
  const problem = new RequestError(400, 'bad_request', 'the address or the Host header is not valid');
  const { text, headers } = createRefusal(problem);
  return new Response(text, { status: problem.status, headers });
}

/** The bytes of an answer to an error of Node's HTTP parser. @param code of the error. */
export function formatRefusal(code: string | undefined): string {
  const problem = findProblem(code);
  const { text, headers } = createRefusal(problem);
  const lines = [...headers, ['connection', 'close']].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${text}`;
}

/** https://nodejs.org/docs/latest-v20.x/api/http.html#event-clienterror */
function findProblem(code: string | undefined): RequestError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new RequestError(431, 'headers_too_large', 'the address and the headers may have 16 KB together');
  }
  return code === 'ERR_HTTP_REQUEST_TIMEOUT'
    ? new RequestError(408, 'request_timeout', 'the request took too long to arrive')
    : new RequestError(400, 'bad_request', 'this is not a valid HTTP request');
}
