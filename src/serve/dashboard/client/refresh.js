// Fresh content for pages that have a number of seconds: the page is loaded again, and its content replaced.

/** @param {() => void} onFresh */
export function keepFresh(onFresh) {
  const main = document.querySelector('main');
  const seconds = Number(main?.dataset['live'] ?? 0);
  if (main === null || seconds === 0) return;
  let last = Date.now();
  setInterval(() => {
    if (document.hidden || Date.now() - last < seconds * 1000) return;
    last = Date.now();
    void refresh(main, onFresh);
  }, 1000);
}

/**
 * @param {HTMLElement} main
 * @param {() => void} onFresh
 */
async function refresh(main, onFresh) {
  const status = document.querySelector('#refreshed');
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const fresh = page.querySelector('main');
    if (fresh === null || response.status === 429) {
      show(status, response.status === 429 ? 'too many requests' : `the server answered ${response.status}`);
      return;
    }
    if (isInUse(main)) return;
    replace(main, fresh);
    document.title = page.title;
    replaceIcon(page);
    show(status);
    onFresh();
  } catch {
    show(status, 'the server does not respond');
  }
}

/**
 * @param {Element | null} status
 * @param {string} [problem]
 */
function show(status, problem) {
  if (status !== null) status.textContent = problem === undefined ? '' : `Not up to date: ${problem}`;
}

/**
 * Whether text is selected, which would be lost.
 * @param {HTMLElement} main
 */
function isInUse(main) {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && main.contains(selection.anchorNode);
}

/**
 * Keeps what was opened, and the focus.
 * @param {HTMLElement} main
 * @param {HTMLElement} fresh
 */
function replace(main, fresh) {
  for (const { id } of main.querySelectorAll('details[open][id]')) {
    const again = fresh.querySelector(`#${CSS.escape(id)}`);
    if (again instanceof HTMLDetailsElement) again.open = true;
  }
  const focused = main.contains(document.activeElement) ? describe(document.activeElement) : undefined;
  main.replaceChildren(...fresh.childNodes);
  if (focused === undefined) return;
  const again = main.querySelector(focused);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/** @param {Element | null} element */
function describe(element) {
  const href = element?.getAttribute('href') ?? null;
  if (href !== null) return `a[href="${CSS.escape(href)}"]`;
  const parent = element?.closest('[id]') ?? null;
  return parent === null ? undefined : `#${CSS.escape(parent.id)} ${element?.localName ?? ''}`;
}

/** @param {Document} page */
function replaceIcon(page) {
  const [own, fresh] = [document, page].map((each) => each.querySelector('link[rel="icon"]'));
  const address = fresh?.getAttribute('href') ?? null;
  if (address !== null) own?.setAttribute('href', address);
}
