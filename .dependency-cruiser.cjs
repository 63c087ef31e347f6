/**
 * Imports point inwards: the picture in docs and README, kept true. Run by scripts/check-imports.mjs, which also checks that this tool has
 * read every source file.
 *
 *     main.ts, cli/, worker/            compose
 *     api | store | files | telemetry   adapters, never import each other
 *     core/engine | core/replay
 *     core/scheduling                   pure
 *     core/optimise                     pure: exact solvers
 *     core/executors | core/strategies  strategies are pure
 *     core/ports -> core/domain         domain imports nothing
 */

/** `only(a, [b, c])`: files of a may import a, b and c and nothing else, Node's modules and packages included. */
const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [from, ...allowed] },
});

const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const npm = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];
const domain = '^src/core/domain/';
const ports = '^src/core/ports/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    never('no-cycles', 'Cures: ports in leaf files, no inner index, an event instead of a back-reference.', {}, { circular: true }),
    never(
      'resolvable',
      'Every import names a file or package that exists. The browser modules may name files that only the server lays beside them.',
      { pathNot: '^frontend/' },
      { couldNotResolve: true },
    ),
    never(
      'declared-packages',
      'What runs in production is in dependencies; types alone may come from devDependencies.',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'], pathNot: '/@types/' },
    ),

    only('domain-imports-nothing', 'Pure data and functions.', domain, []),
    only('ports-are-contracts', 'Interfaces over domain words.', ports, [domain]),
    only('strategies-are-pure', 'A strategy is a declaration over domain words.', '^src/core/strategies/', [domain]),
    only('scheduling-is-pure', 'Decides over ids and keys; knows strategies by their contract only.', '^src/core/scheduling/', [
      domain,
      '^src/core/strategies/strategy\\.ts$',
    ]),
    only('optimise-is-pure', 'Numbers in, numbers out: solvers know neither tasks nor pools.', '^src/core/optimise/', [domain]),
    never(
      'core-knows-no-outer-layer',
      'The core is driven by the live shell, the replay and the fault simulation alike.',
      { path: '^src/core/' },
      { path: '^(src/(?!core/)|frontend/|tests/|bench/|scripts/)' },
    ),
    never(
      'core-has-no-packages',
      'p-queue in the executors is the one exception.',
      { path: '^src/core/', pathNot: '^src/core/executors/' },
      { dependencyTypes: npm },
    ),
    never(
      'executors-have-p-queue-only',
      'It bounds concurrency; the backlog lives in the scheduling core.',
      { path: '^src/core/executors/' },
      { dependencyTypes: npm, pathNot: 'node_modules/p-queue/' },
    ),
    never(
      'core-has-no-node-modules',
      'Time, chance, files and processes come in through ports; executors and system are where the core touches them.',
      { path: '^src/core/', pathNot: '^src/core/(executors|system)/' },
      { dependencyTypes: ['core'] },
    ),
    never(
      'executors-run-attempts',
      'An executor is handed an attempt; it knows neither the queue nor the shell around it.',
      { path: '^src/core/executors/' },
      { path: '^src/core/(engine|replay|scheduling|strategies|system)/' },
    ),

    never(
      'api-knows-no-adapter',
      'Routes talk to the engine facade; main.ts hands it in.',
      { path: '^src/api/' },
      { path: '^src/(store|files|telemetry|cli|worker)/' },
    ),
    never(
      'store-implements-ports',
      'A store knows the ports and the domain words in them.',
      { path: '^src/store/' },
      { path: '^src/(?!store/|core/(ports|domain)/)' },
    ),
    never(
      'stores-stand-alone',
      'One conformance suite, separate implementations; open-store.ts chooses.',
      { path: '^src/store/(memory|sqlite|postgres)/' },
      { path: '^src/store/(memory|sqlite|postgres)/', pathNot: '^src/store/$1/' },
    ),
    never(
      'sqlite-store-opens-no-files',
      'A process that closes any descriptor of the database file drops its POSIX locks: a second server then gets in.',
      { path: '^src/store/sqlite/' },
      { path: '^(node:)?fs(/promises)?$' },
    ),
    never(
      'files-know-ports',
      'Bundles and results on disk: an adapter like the store. How to look through a folder that others fill it shares with what runs them.',
      { path: '^src/files/' },
      { path: '^src/(?!files/|core/(ports|domain)/|core/executors/bundle/left-files\\.ts$)' },
    ),
    never(
      'telemetry-stands-alone',
      'Subscribes to events and implements the logger and metrics ports.',
      { path: '^src/telemetry/' },
      { path: '^src/(api|store|cli|worker)/' },
    ),
    never(
      'worker-runs-attempts',
      'A worker node uses domain, ports, executors and the wire schemas.',
      { path: '^src/worker/' },
      { path: '^src/(store/|cli/|api/(?!schemas/)|core/(engine|scheduling|replay|strategies)/)' },
    ),
    never(
      'cli-talks-http',
      'The CLI is a client: wire schemas, and the replay for simulations on the spot.',
      { path: '^src/cli/' },
      { path: '^src/(store/|telemetry/|api/(?!schemas/)|core/engine/)' },
    ),
    never(
      'nothing-imports-the-entries',
      'Entries compose; only `trx serve` and `trx worker` start another one.',
      { path: '^src/', pathNot: '^src/(cli|worker)/' },
      { path: '^src/(main\\.ts$|cli/|worker/)', pathNot: '^src/core/' },
    ),
    never(
      'typebox-through-one-file',
      'The package is renamed in its next major version; then one file changes.',
      { path: '^src/(api|cli|worker)/', pathNot: '^src/api/schemas/type\\.ts$' },
      { path: 'node_modules/@sinclair/typebox/' },
    ),

    only('views-are-pure', 'The server and the browser render with the same files.', '^frontend/js/views/', ['^frontend/js/model/']),
    only('models-are-pure', 'State, filters and formats; no DOM.', '^frontend/js/model/', []),
    never(
      'frontend-stays-outside',
      'The browser gets these files as they are.',
      { path: '^frontend/' },
      { path: '^(src|tests|bench|scripts)/' },
    ),
    never(
      'server-shares-views-only',
      'Pages import the shared views and models, nothing that touches the DOM.',
      { path: '^src/' },
      { path: '^frontend/', pathNot: '^frontend/js/(views|model)/' },
    ),
    never('only-api-renders', 'Pages are an api matter.', { path: '^src/(?!api/)' }, { path: '^frontend/' }),
  ],
  options: {
    // Type-only imports count: a core that knows an adapter's types is coupled to it all the same.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', '^frontend/vendor/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
