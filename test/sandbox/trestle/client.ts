import { afterEach } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/trestle/index.ts';

export type Row = Record<string, unknown>;
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Row;
  readonly rows: Row[];
  readonly next: string | undefined;
  readonly count: number | undefined;
  readonly error: string | undefined;
};

/** A client that knows nothing of the server but its addresses. */
export type Client = {
  readonly sandbox: Sandbox;
  token: string;
  get(target: string): Promise<Answer>;
  query(set: string, options: Record<string, string | number | boolean>): Promise<Answer>;
  /** Every row of a query by keyset pages. */
  keyset(set: string, key: string, top: number): Promise<Row[]>;
};

const open: Sandbox[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

export function signIn(sandbox: Sandbox, changes: Record<string, string> = {}): Promise<Response> {
  return fetch(sandbox.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: sandbox.clientId,
      client_secret: sandbox.clientSecret,
      grant_type: 'client_credentials',
      scope: 'api',
      ...changes,
    }),
  });
}

/** Starts a sandbox that ends with the test, and signs in. */
export async function connect(options: SandboxOptions = {}): Promise<Client> {
  const sandbox = await startSandbox({ listings: 60, ...options });
  open.push(sandbox);
  const signed: { access_token: string } = JSON.parse(await (await signIn(sandbox)).text());
  const client: Client = {
    sandbox,
    token: signed.access_token,
    async get(target) {
      const address = target.startsWith('http') ? target : sandbox.url + target;
      const response = await fetch(address, { headers: { authorization: `Bearer ${client.token}` } });
      return answerOf(response, await response.text());
    },
    query: (set, wanted) => client.get(`/${set}?${encode(wanted)}`),
    async keyset(set, key, top) {
      const rows: Row[] = [];
      let filter: Record<string, string> = {};
      for (;;) {
        const $orderby = `ModificationTimestamp asc,${key} asc`;
        const page = await client.query(set, { ...filter, $orderby, $top: top });
        rows.push(...page.rows);
        const last = page.rows.at(-1);
        if (page.rows.length < top || last === undefined) return rows;
        const [time, name] = [text(last['ModificationTimestamp']), text(last[key])];
        const $filter = `(ModificationTimestamp gt ${time} or (ModificationTimestamp eq ${time} and ${key} gt '${name}'))`;
        filter = { $filter };
      }
    },
  };
  return client;
}

/** A value that has to be text. */
export function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`text expected, not ${JSON.stringify(value)}`);
  return value;
}

function encode(wanted: Record<string, string | number | boolean>): string {
  return Object.entries(wanted)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

function answerOf(response: Response, body: string): Answer {
  const parsed: unknown = body.startsWith('{') ? safe(body) : undefined;
  const value: Row & { value?: Row[]; error?: { message: string } } = isRow(parsed) ? parsed : {};
  const next = value['@odata.nextLink'];
  const count = value['@odata.count'];
  return {
    status: response.status,
    headers: response.headers,
    text: body,
    body: value,
    rows: value.value ?? [],
    next: typeof next === 'string' ? next : undefined,
    count: typeof count === 'number' ? count : undefined,
    error: value.error?.message,
  };
}

function safe(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}
