declare module 'pino-roll' {
  type Options = {
    file: string;
    extension?: string;
    frequency?: 'daily' | 'hourly' | number;
    dateFormat?: string;
    size?: string | number;
    sync?: boolean;
    maxLength?: number;
  };

  /** The members of a sonic-boom stream that are used here. */
  type Destination = {
    readonly file: string;
    readonly fd: number;
    write(line: string): boolean;
    end(): void;
    reopen(file: string): void;
    on(event: 'error', listener: (error: Error) => void): unknown;
    on(event: 'ready', listener: () => void): unknown;
    once(event: 'ready', listener: () => void): unknown;
    removeAllListeners(event: 'error'): unknown;
  };

  export default function roll(options: Options): Promise<Destination>;
}
