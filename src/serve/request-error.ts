/** Why a request is refused. The code is for programs; the message is for their developers, and contains nothing internal. */
export class RequestError extends Error {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 410 | 414 | 421 | 429 | 431 | 500 | 503;
  readonly code: string;
  /** The parameter that is wrong. */
  readonly parameter: string | undefined;

  constructor(status: RequestError['status'], code: string, message: string, parameter?: string) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.code = code;
    this.parameter = parameter;
  }
}
