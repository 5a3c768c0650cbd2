import { ConfigError, CredentialsError } from '../../../errors.ts';
import type { Environment } from '../../../model/io.ts';

export type S3Settings = {
  readonly bucket: string;
  /** Start of every key: empty, or with `/` at its end. */
  readonly prefix: string;
  /** Address of the bucket, with `/` at its end. */
  readonly base: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
};

/** `s3://bucket/prefix`; bucket names have 3 to 63 characters (Amazon S3 User Guide, "General purpose bucket naming rules"). */
const ADDRESS = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w.-]+(?:\/[\w.-]+)*)?)?\/?$/i;

const DEFAULT_REGION = 'us-east-1';

/** Reads MEDIA_STORE and the variables that the AWS tools use. @throws ConfigError; CredentialsError without credentials. */
export function readS3Settings(address: string, env: Environment): S3Settings {
  const [, bucket, prefix = ''] = ADDRESS.exec(address) ?? [];
  if (bucket === undefined || prefix.split('/').some((part) => /^\.+$/.test(part))) {
    throw new ConfigError(`MEDIA_STORE is ${address}: not the address of a bucket`, {
      op: 'configuration',
      hint: 'set it as s3://bucket or s3://bucket/prefix: 3 to 63 characters in the bucket; letters, digits, -, _ and . in the prefix',
    });
  }
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) {
    throw new CredentialsError(`MEDIA_STORE is ${address}, but its credentials are missing`, {
      op: 'configuration',
      hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN for temporary ones',
    });
  }
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || DEFAULT_REGION;
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    base: makeBase(bucket, region, env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined),
    region,
    accessKeyId,
    secretAccessKey,
    sessionToken: env['AWS_SESSION_TOKEN'] || undefined,
  };
}

/** Other services rarely have a host name for each bucket, and the certificate of AWS is not valid for names with a dot. */
function makeBase(bucket: string, region: string, endpoint: string | undefined): string {
  if (endpoint === undefined) {
    return bucket.includes('.')
      ? `https://s3.${region}.amazonaws.com/${bucket}/`
      : `https://${bucket}.s3.${region}.amazonaws.com/`;
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new ConfigError(`the S3 endpoint is ${endpoint}: not an address`, {
      op: 'configuration',
      hint: 'set AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, such as https://s3.example.com',
    });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/${bucket}/`;
}
