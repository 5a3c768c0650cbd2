import type { S3Settings } from './settings.ts';

export type UnsignedRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body, in lower-case hexadecimal: the service compares it. */
  readonly sha256: string;
};

/** Signs a request (AWS Signature Version 4). @param now milliseconds since the epoch. @returns all of its headers. */
export async function signRequest(
  { accessKeyId, secretAccessKey, sessionToken, region }: S3Settings,
  { method, url, headers, sha256 }: UnsignedRequest,
  now: number,
): Promise<Record<string, string>> {
  const { AwsV4Signer } = await import('aws4fetch');
  const signer = new AwsV4Signer({
    method,
    url,
    headers: { ...headers, 'x-amz-content-sha256': sha256 },
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 's3',
    region,
    datetime: new Date(now).toISOString().replace(/[:-]|\.\d+/g, ''),
  });
  const signed = await signer.sign();
  return Object.fromEntries(signed.headers.entries());
}
