import { aptInstall, canInstall, findOnPath } from './find-server.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * Finds an installed Chromium, and installs one if there is none and that is possible.
 * @param {{ logFile: string, log: (line: string) => void }} options
 * @returns {Promise<string | undefined>} the path of its program
 */
export async function findOrInstallChromium({ logFile, log }) {
  if (findChromium() === undefined && canInstall()) {
    log('There is no Chromium on this machine.');
    await aptInstall(['chromium'], { logFile, log });
  }
  return findChromium();
}

function findChromium() {
  return NAMES.map(findOnPath).find((path) => path !== undefined);
}
