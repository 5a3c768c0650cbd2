import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { AwsV4Signer } from 'aws4fetch';

/** Answers a request instead of the server. @returns false: the server answers. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

export type S3Server = {
  readonly url: string;
  /** The only credentials that it accepts. */
  readonly env: Readonly<Record<string, string>>;
  readonly bucket: string;
  /** Method and address of every request. */
  readonly requests: string[];
  intercept: Intercept;
  removeBucket(): void;
  /** Uploads that are neither complete nor withdrawn. */
  uploads(): string[];
  close(): Promise<void>;
};

/** S3 has pages of 1000. */
const PAGE_KEYS = 100;

/** Names of s3rver in the folder of a bucket. */
const UPLOADS = '._S3rver_uploads';
const OBJECT = '._S3rver_object';

/**
 * Starts a server that speaks the protocol of S3, checks signatures, and has one bucket. It lists by itself: s3rver sorts by
 * folders, and its second page needs DES, which OpenSSL 3 lacks. It also withdraws uploads, which s3rver cannot.
 */
export async function startS3Server(bucket = 'photos'): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), 's3-server-'));
  mkdirSync(join(directory, bucket));
  const s3rver = new S3rver({ silent: true, directory, vhostBuckets: false });
  const answer = s3rver.callback();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (self.intercept(request, response)) return;
    const query = new URL(request.url!, url).searchParams;
    const folder = join(directory, bucket);
    const isList = request.method === 'GET' && query.has('list-type');
    const isWithdrawal = request.method === 'DELETE' && query.has('uploadId');
    if (!isList && !isWithdrawal) {
      answer(request, response);
      return;
    }
    const serve = async (): Promise<void> => {
      if (!(await isSigned(request, url))) {
        refuse(response, 403, 'SignatureDoesNotMatch');
      } else if (isList) list(folder, query, response);
      else {
        rmSync(join(folder, UPLOADS, query.get('uploadId')!), { recursive: true, force: true });
        response.writeHead(204).end();
      }
    };
    void serve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const self: S3Server = {
    url,
    env: { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER', AWS_ENDPOINT_URL_S3: url },
    bucket,
    requests,
    intercept: () => false,
    removeBucket: () => rmSync(join(directory, bucket), { recursive: true }),
    uploads: () => {
      const folder = join(directory, bucket, UPLOADS);
      return existsSync(folder) ? readdirSync(folder) : [];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      s3rver.logger.exceptions.unhandle();
      s3rver.logger.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return self;
}

const CREDENTIALS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

/** Whether the signature is that of the only credentials: it is calculated again, from the headers that were signed. */
async function isSigned({ method, url: path, headers }: IncomingMessage, origin: string): Promise<boolean> {
  const { authorization = '' } = headers;
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(authorization)?.[1];
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const datetime = headers['x-amz-date'];
  if (method === undefined || region === undefined || typeof datetime !== 'string') return false;
  const signed = names.filter((name) => name !== 'host').map((name) => [name, String(headers[name])]);
  const signer = new AwsV4Signer({
    ...CREDENTIALS,
    method,
    url: `${origin}${path}`,
    headers: Object.fromEntries(signed) as Record<string, string>,
    service: 's3',
    region,
    datetime,
  });
  return (await signer.sign()).headers.get('authorization') === authorization;
}

function list(folder: string, query: URLSearchParams, response: ServerResponse): void {
  if (!existsSync(folder)) return void refuse(response, 404, 'NoSuchBucket');
  const [prefix, after] = [query.get('prefix') ?? '', query.get('continuation-token') ?? ''];
  const keys = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(OBJECT))
    .map((name) => name.slice(0, -OBJECT.length))
    .filter((key) => key.startsWith(prefix) && key > after)
    .toSorted((a, b) => (a < b ? -1 : 1));
  const page = keys.slice(0, PAGE_KEYS).map((key) => {
    const { size, mtime } = statSync(join(folder, `${key}${OBJECT}`));
    const facts = `<LastModified>${mtime.toISOString()}</LastModified><ETag>&quot;0&quot;</ETag><Size>${size}</Size>`;
    return `<Contents><Key>${key}</Key>${facts}</Contents>`;
  });
  const hasMore = keys.length > PAGE_KEYS;
  const token = hasMore ? `<NextContinuationToken>${keys[PAGE_KEYS - 1]}</NextContinuationToken>` : '';
  const content = `<IsTruncated>${hasMore}</IsTruncated>${token}${page.join('')}`;
  response.end(
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</ListBucketResult>`,
  );
}

/** Answers with an error of S3. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): true {
  response.writeHead(status, { 'Content-Type': 'application/xml', ...headers });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>for a test</Message></Error>`,
  );
  return true;
}
