/** Functions that tests hand to the browser: they run in the page and know nothing of the test around them. */

export const focusedText = () => document.activeElement?.textContent?.trim() ?? '';

export const focusedId = () => document.activeElement?.id ?? '';

/** Name of the focused element as a person would say it: its label, else its own words. */
export const focusedName = () => {
  const element = document.activeElement;
  const label = 'labels' in element ? element.labels?.[0]?.textContent : '';
  return `${label || element?.getAttribute('aria-label') || element?.textContent}`.trim();
};

export const focusedTask = () => document.activeElement?.closest('tr')?.dataset['task'] ?? '';

export const focusedPool = () => document.activeElement?.querySelector('.hidden-visually')?.textContent?.trim() ?? '';

export const blur = () => document.activeElement?.blur();

/** How the focused element can be seen; `null` while nothing has the focus. */
export const focusSight = () => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect();
  const header = document.querySelector('.top');
  const covered = header && !header.contains(element) && !element.matches('.skip') ? header.getBoundingClientRect().bottom : 0;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    inView: box.bottom > covered && box.top < innerHeight,
    ringed: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1.5,
    element: element.outerHTML.slice(0, 120),
  };
};

/** Keeps what a screen reader would be told from now on. */
export const watchAnnouncements = () => {
  const target = document.querySelector('#announce');
  window.announced = [];
  new MutationObserver(() => window.announced.push(target.textContent)).observe(target, {
    childList: true,
    characterData: true,
    subtree: true,
  });
};

export const announced = () => window.announced;

export const isPwned = () => 'pwned' in window;

/** Ways to markup that the page's policy must refuse: name of the error, or `taken`. */
export const markupAttempts = () =>
  [() => document.body.insertAdjacentHTML('beforeend', '<b>x</b>'), () => window.trustedTypes.createPolicy('trx-html', {})].map(
    (attempt) => {
      try {
        attempt();
        return 'taken';
      } catch (error) {
        return error.name;
      }
    },
  );

/** Pixels by which the page is wider than its window. */
export const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

/** Pixels of an element that one would have to scroll sideways to see. */
export const hidden = (element) => element.scrollWidth - element.clientWidth;

export const doubleText = () => document.documentElement.style.setProperty('font-size', '32px');

export const requestsBeforePaint = () => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
  return 1 + performance.getEntriesByType('resource').filter((entry) => entry.startTime < paint).length;
};

/** Bytes on the wire by kind. */
export const transferSizes = () => {
  const of = (type) =>
    performance
      .getEntriesByType('resource')
      .filter((entry) => type.test(entry.name))
      .reduce((sum, entry) => sum + entry.encodedBodySize, 0);
  return { html: performance.getEntriesByType('navigation')[0].encodedBodySize, css: of(/\.css$/), js: of(/\.js$/) };
};

export const borderStyle = (element) => getComputedStyle(element).borderTopStyle;

/** Elements that would move over time. */
export const movingElements = () =>
  [...document.querySelectorAll('*')].filter((element) => Number.parseFloat(getComputedStyle(element).transitionDuration) > 0).length +
  document.getAnimations().length;

/** What the page's policy refuses is said on the console, where tests look. */
export const reportViolations = () =>
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    console.error(`securitypolicyviolation ${violatedDirective} ${blockedURI}`);
  });

export const setTheme = (theme) => {
  document.documentElement.dataset['theme'] = theme;
};

/** As the page of somebody whose key has this role. */
export const setRole = (role) => {
  document.body.dataset['role'] = role;
};

export const hasAxe = () => 'axe' in window;

/** Rule and place of everything wrong, by the rules or tags given. */
export const axeViolations = async (runOnly) => {
  const { violations } = await window.axe.run({ runOnly, resultTypes: ['violations'] });
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map((node) => `${node.html} ${node.any[0]?.message ?? ''}`)
        .join(' | ')}`,
  );
};
