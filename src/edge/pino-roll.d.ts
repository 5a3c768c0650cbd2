declare module 'pino-roll' {
  import type { SonicBoom, SonicBoomOpts } from 'sonic-boom';

  type Options = {
    file: string;
    extension?: string;
    frequency?: 'daily' | 'hourly' | number;
    dateFormat?: string;
    size?: string | number;
  } & Omit<SonicBoomOpts, 'dest'>;

  export default function roll(options: Options): Promise<SonicBoom & { readonly file: string }>;
}
