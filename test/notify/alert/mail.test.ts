import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { mailNotice } from '../../../src/notify/alert/mail.ts';
import type { Notice } from '../../../src/notify/alert/notice.ts';
import { FatalError, RetryableError } from '../../../src/errors.ts';
import { mailServer, type MailScript, type MailServer } from '../../helpers/mail-server.ts';
import { rawServer } from '../../helpers/raw-server.ts';
import { notice } from './notices.ts';

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function server(script: MailScript = {}): Promise<MailServer> {
  const started = await mailServer(script);
  closing.push(started.close);
  return started;
}

async function raw(answer?: (socket: Socket) => void): Promise<string> {
  const { host, close } = await rawServer(answer);
  closing.push(close);
  return `smtp://${host}`;
}

const TO = ['ops@example.com', 'boss@example.com'];

function mail(
  smtpUrl: string,
  changed: Partial<Notice> = {},
  signal = AbortSignal.timeout(20_000),
): Promise<readonly string[]> {
  return mailNotice({ to: TO, from: 'etl@example.com', smtpUrl }, { ...notice, ...changed }, signal);
}

/** Returns the error. */
async function refusal(sending: Promise<unknown>): Promise<Error> {
  const error = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('it was taken');
  return error;
}

test('one mail goes to all, and is marked as sent by a program', async () => {
  const { url, mails } = await server();
  expect(await mail(url)).toEqual([]);
  expect(mails).toMatchObject([
    { from: 'etl@example.com', to: TO, subject: `[trestle-etl] ${notice.title}` },
  ]);
  expect(mails[0]!.text).toContain(notice.text);
  expect(mails[0]!.headers.get('auto-submitted')).toBe('auto-generated');
});

test('what is not ASCII arrives as it was sent, lines with a dot too', async () => {
  const { url, mails } = await server();
  const [title, text] = [
    'Größe 🏠 – “zu viel” ' + 'x'.repeat(100),
    'Zeile 1 ü\n.\n.. 漢字\nFrom here = there',
  ];
  await mail(url, { title, text });
  expect(mails[0]!.subject).toBe(`[trestle-etl] ${title}`);
  expect(mails[0]!.text.startsWith(`${text}\n\n`)).toBe(true);
});

test('a subject with line breaks in it makes no header', async () => {
  const { url, mails } = await server();
  await mail(url, { title: 'x\r\nBcc: all@example.com\r\n\r\nbody', host: 'h\r\nX: y' });
  expect(mails).toHaveLength(1);
  expect(mails[0]!.to).toEqual(TO);
  expect(mails[0]!.headers.has('bcc')).toBe(false);
  expect(mails[0]!.text.startsWith(notice.text)).toBe(true);
});

describe('a temporary refusal is retryable', () => {
  test('a 4xx', async () => {
    const { url } = await server({ visit: () => '451 not now' });
    const error = await refusal(mail(url));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toMatch(/^SMTP_URL: 127\.0\.0\.1: .*451 not now/);
  });

  test('a missing server', async () => {
    const { url, close } = await server();
    await close();
    closing.length = 0;
    expect(await refusal(mail(url))).toBeInstanceOf(RetryableError);
  });

  test('an unknown host name', async () => {
    expect(await refusal(mail('smtp://no-such-host.invalid'))).toBeInstanceOf(RetryableError);
  });

  test('a silent server, in time', async () => {
    const error = await refusal(mail(await raw(), {}, AbortSignal.timeout(100)));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toBe('SMTP_URL: 127.0.0.1: no answer in time');
  });

  test('a server that hangs up', async () => {
    expect(await refusal(mail(await raw((socket) => socket.destroy())))).toBeInstanceOf(RetryableError);
  });

  test('a server with another protocol', async () => {
    const address = await raw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await refusal(mail(address))).toBeInstanceOf(RetryableError);
  });
});

describe('a permanent refusal is not', () => {
  test('a 5xx', async () => {
    const { url } = await server({ visit: () => '550 never' });
    const error = await refusal(mail(url));
    expect(error).toBeInstanceOf(FatalError);
    expect(error.message).toContain('550 never');
  });

  test('wrong credentials', async () => {
    const { host } = await server({
      options: {
        authOptional: false,
        allowInsecureAuth: true,
        onAuth: (_, _session, done) => done(new Error('no such user')),
      },
    });
    const error = await refusal(mail(`smtp://me:wrong-password@${host}`));
    expect(error).toBeInstanceOf(FatalError);
    expect(error.message).not.toContain('wrong-password');
  });
});

test('a refused recipient is reported, and the others get the mail', async () => {
  const { url, mails } = await server({
    recipient: (address) => (address === TO[1] ? '550 no such user' : undefined),
  });
  expect(await mail(url)).toEqual([TO[1]]);
  expect(mails).toMatchObject([{ to: [TO[0]] }]);
});

describe('promise 19: the password', () => {
  const signedIn: string[] = [];
  const secured: MailScript = {
    options: {
      disabledCommands: [],
      authOptional: false,
      allowInsecureAuth: true,
      logger: false,
      onAuth: ({ username, password }, { secure }, done) => {
        signedIn.push(`${username}:${password} ${secure ? 'in TLS' : 'in clear'}`);
        done(null, { user: username });
      },
    },
  };

  afterEach(() => {
    signedIn.length = 0;
  });

  test('goes to this machine as it is asked for, decoded', async () => {
    const { host, mails } = await server({
      ...secured,
      options: { ...secured.options, disabledCommands: ['STARTTLS'] },
    });
    await mail(`smtp://me:p%40ss@${host}`);
    expect(signedIn).toEqual(['me:p@ss in clear']);
    expect(mails).toHaveLength(1);
  });

  test('goes to another machine in TLS only', async () => {
    // Not the loopback's name, though Linux takes it for that.
    const { host } = await server({
      ...secured,
      options: { ...secured.options, disabledCommands: ['STARTTLS'] },
    });
    const address = `smtp://me:pass@${host.replace('127.0.0.1', '0.0.0.0')}`;
    expect(await refusal(mail(address))).toBeInstanceOf(FatalError);
    expect(signedIn).toEqual([]);
    await mail(`${address}?requireTLS=false`);
    expect(signedIn).toEqual(['me:pass in clear']);
  });

  test('goes in TLS where the server offers it, to no server with a wrong certificate', async () => {
    const { host, mails } = await server(secured);
    const address = `smtp://me:pass@${host}`;
    expect((await refusal(mail(address))).message).toMatch(/self-signed|certificate/);
    expect(signedIn).toEqual([]);
    await mail(`${address}?tls.rejectUnauthorized=false`);
    expect(signedIn).toEqual(['me:pass in TLS']);
    expect(mails).toHaveLength(1);
  });
});
