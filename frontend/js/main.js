/**
 * The first script: it only waits. The page is complete without it, so nothing it loads may delay the first paint; after that frame the
 * rest comes and takes over.
 */
document.documentElement.classList.add('js');
requestAnimationFrame(() => setTimeout(() => import('./app.js').then(({ start }) => start()), 0));
