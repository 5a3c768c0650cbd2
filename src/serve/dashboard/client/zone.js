// Times: UTC as they were sent, or those of the browser.
const KEY = 'trestle-etl-zone';

/**
 * Starts the switch between UTC and local times.
 * @param {() => void} onChange
 */
export function startZone(onChange) {
  const button = document.querySelector('#zone');
  let isLocal = readChoice() === 'local';
  const show = () => showTimes(isLocal);
  if (button instanceof HTMLButtonElement) {
    button.hidden = false;
    button.addEventListener('click', () => {
      isLocal = !isLocal;
      writeChoice(isLocal ? 'local' : 'utc');
      show();
      onChange();
    });
  }
  show();
  return { isLocal: () => isLocal, show };
}

/** @param {boolean} isLocal */
function showTimes(isLocal) {
  for (const time of document.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    const minutes = isLocal ? at.getTimezoneOffset() : 0;
    const shown = new Date(at.getTime() - minutes * 60_000);
    time.textContent = shown.toISOString().slice(0, 16).replace('T', ' ');
  }
  const name = document.querySelector('#zone-name');
  const button = document.querySelector('#zone');
  if (name !== null) name.textContent = isLocal ? 'Times are local' : 'Times are UTC';
  if (button !== null) button.textContent = isLocal ? 'Show UTC' : 'Show local times';
}

// The storage may be switched off.
function readChoice() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string} choice */
function writeChoice(choice) {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Then it is forgotten with the page.
  }
}
