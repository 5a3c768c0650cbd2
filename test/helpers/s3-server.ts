import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';

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

/** Starts a server that speaks the protocol of S3, checks signatures, and has one bucket. */
export async function startS3Server(bucket = 'photos'): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), 's3-server-'));
  mkdirSync(join(directory, bucket));
  const s3rver = new S3rver({ silent: true, directory, vhostBuckets: false });
  const answer = s3rver.callback();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (!self.intercept(request, response)) answer(request, response);
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
    uploads: () =>
      readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => /upload/i.test(name)),
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
