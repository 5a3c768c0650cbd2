/** The headers that report the remaining quota. */
export type QuotaHeaders = Readonly<Record<string, string>>;

/** Limits of one kind of requests, with the lengths of their windows. */
export type QuotaLimits = {
  /** The kind, as the headers name it. */
  readonly type: 'Api' | 'Media';
  readonly minute: number;
  readonly hour: number;
  readonly minuteWindowMs: number;
  readonly hourWindowMs: number;
};

/** Counts requests per minute and per hour, in fixed windows. */
export class QuotaCounter {
  readonly #limits: QuotaLimits;
  readonly #now: () => number;
  readonly #minute: FixedWindow;
  readonly #hour: FixedWindow;

  constructor(limits: QuotaLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#minute = new FixedWindow(limits.minute, limits.minuteWindowMs);
    this.#hour = new FixedWindow(limits.hour, limits.hourWindowMs);
  }

  /** Takes one request from both windows. Returns false, and takes nothing, if one of them is used up. */
  spend(): boolean {
    const now = this.#now();
    if (this.#minute.left(now) < 1 || this.#hour.left(now) < 1) return false;
    this.#minute.used++;
    this.#hour.used++;
    return true;
  }

  /** Returns the quota of a request that was refused afterwards. */
  refund(): void {
    this.#minute.used--;
    this.#hour.used--;
  }

  /** Milliseconds until a window that is used up ends; 0 if none is. */
  waitMs(): number {
    const now = this.#now();
    const ends = [this.#minute, this.#hour].map((each) => (each.left(now) < 1 ? each.end(now) - now : 0));
    return Math.max(...ends);
  }

  headers(): QuotaHeaders {
    const now = this.#now();
    return {
      'Minute-Quota-Limit': `${this.#limits.minute}.0`,
      'Hour-Quota-Limit': `${this.#limits.hour}.0`,
      'Minute-Quota-Available': String(this.#minute.left(now)),
      'Hour-Quota-Available': String(this.#hour.left(now)),
      'Hour-Quota-ResetTime': String(this.#hour.end(now)),
      QuotaType: this.#limits.type,
    };
  }
}

class FixedWindow {
  readonly #limit: number;
  readonly #length: number;
  #index = -1;
  used = 0;

  constructor(limit: number, length: number) {
    this.#limit = limit;
    this.#length = length;
  }

  left(now: number): number {
    const index = Math.floor(now / this.#length);
    if (index !== this.#index) this.used = 0;
    this.#index = index;
    return Math.max(0, this.#limit - this.used);
  }

  end(now: number): number {
    return (Math.floor(now / this.#length) + 1) * this.#length;
  }
}
