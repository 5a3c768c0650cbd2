/** Finds an installed Chromium, and installs one if there is none and that is possible. @returns the path of its program */
export function findOrInstallChromium(options: {
  readonly logFile: string;
  readonly log: (line: string) => void;
}): Promise<string | undefined>;
