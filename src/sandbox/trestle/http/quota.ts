import type { SandboxSettings } from '../options.ts';

/** The headers that report the remaining quota. */
export type QuotaHeaders = Readonly<Record<string, string>>;

/** Counts requests per minute and per hour, in fixed windows. */
export class QuotaCounter {
  readonly #settings: SandboxSettings;
  readonly #minute: FixedWindow;
  readonly #hour: FixedWindow;

  constructor(settings: SandboxSettings) {
    this.#settings = settings;
    this.#minute = new FixedWindow(settings.minuteQuota, settings.minuteWindowMs);
    this.#hour = new FixedWindow(settings.hourQuota, settings.hourWindowMs);
  }

  /** Takes one request from both windows. Returns false, and takes nothing, if one of them is used up. */
  spend(): boolean {
    const now = this.#settings.now();
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

  headers(): QuotaHeaders {
    const now = this.#settings.now();
    return {
      'Minute-Quota-Limit': `${this.#settings.minuteQuota}.0`,
      'Hour-Quota-Limit': `${this.#settings.hourQuota}.0`,
      'Minute-Quota-Available': String(this.#minute.left(now)),
      'Hour-Quota-Available': String(this.#hour.left(now)),
      'Hour-Quota-ResetTime': String(this.#hour.end(now)),
      QuotaType: 'Api',
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
