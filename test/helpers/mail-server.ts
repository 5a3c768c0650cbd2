import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type Mail = {
  readonly from: string;
  readonly to: readonly string[];
  /** By lower-case name, unfolded, as sent. */
  readonly headers: ReadonlyMap<string, string>;
  /** Decoded. */
  readonly subject: string;
  readonly text: string;
};

export type MailServer = {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly url: string;
  readonly mails: Mail[];
  /** How often it was connected to. */
  readonly visits: () => number;
  close(): Promise<void>;
};

/** What it refuses: a text such as `451 not now`, by step, for as long as the script says so. */
export type MailScript = {
  readonly visit?: (visit: number) => string | undefined;
  readonly recipient?: (address: string) => string | undefined;
  readonly options?: SMTPServerOptions;
};

/** A real SMTP server on this machine that keeps the mails it is given. */
export async function mailServer({ visit, recipient, options }: MailScript = {}): Promise<MailServer> {
  const mails: Mail[] = [];
  let visits = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onConnect: (_, done) => {
      visits += 1;
      done();
    },
    onMailFrom: (_, _session, done) => done(refusal(visit?.(visits))),
    onRcptTo: ({ address }, _, done) => done(refusal(recipient?.(address))),
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        mails.push({ from, to, ...parse(Buffer.concat(chunks).toString('utf8')) });
        done();
      });
    },
    ...options,
  });
  // A client that goes away in the middle is no failure of a test.
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const host = `127.0.0.1:${(listening.address() as AddressInfo).port}`;
  return {
    host,
    url: `smtp://${host}`,
    mails,
    visits: () => visits,
    close: async () => {
      const closed = once(listening, 'close');
      server.close();
      for (const connection of server.connections) connection.close();
      await closed;
    },
  };
}

function refusal(text: string | undefined): Error | null {
  if (text === undefined) return null;
  return Object.assign(new Error(text.slice(4)), { responseCode: Number(text.slice(0, 3)) });
}

function parse(raw: string): Pick<Mail, 'headers' | 'subject' | 'text'> {
  const [, head = '', body = ''] = /^([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(raw) ?? [];
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.split(':')[0]!.toLowerCase(), line.replace(/^[^:]*: ?/, '')]),
  );
  const subject = (headers.get('subject') ?? '')
    .replaceAll(/(\?=) +(=\?)/g, '$1$2')
    .replaceAll(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toUpperCase() === 'B' ? fromBase64(text) : fromQuoted(text.replaceAll('_', ' ')),
    );
  const encoding = headers.get('content-transfer-encoding');
  const text =
    encoding === 'base64' ? fromBase64(body) : encoding === 'quoted-printable' ? fromQuoted(body) : body;
  return { headers, subject, text: text.replaceAll('\r\n', '\n') };
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

function fromQuoted(text: string): string {
  const bytes = text
    .replaceAll('=\r\n', '')
    .replaceAll(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
