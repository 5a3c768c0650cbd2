declare module 'pino-roll' {
  type Options = {
    file: string;
    extension?: string;
    frequency?: 'daily' | 'hourly' | number;
    dateFormat?: string;
    size?: string | number;
    sync?: boolean;
  };

  /** The part of a sonic-boom stream that is used here. */
  type Destination = {
    readonly file: string;
    write(line: string): boolean;
    end(): void;
    on(event: 'error', listener: (error: Error) => void): unknown;
  };

  export default function roll(options: Options): Promise<Destination>;
}
