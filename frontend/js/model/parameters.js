/** Parameters of algorithms: those that all take alike are said and changed once. */

/** @typedef {import('./algorithm-wire.js').AlgorithmWire} AlgorithmWire */
/** @typedef {import('./algorithm-wire.js').EpochWire} EpochWire */

/** @typedef {{ readonly type?: string, readonly default?: unknown, readonly description?: string, readonly minimum?: number, readonly maximum?: number, readonly enum?: readonly string[] }} ParameterSchema */
/** @typedef {Readonly<Record<string, ParameterSchema>>} Parameters */

/** @param {Pick<AlgorithmWire, 'parameters'>} algorithm */
export function parametersOf({ parameters }) {
  return /** @type {Parameters} */ (parameters['properties'] ?? {});
}

/** What every algorithm takes, with one meaning and one default: who may overtake whom. @param {readonly Pick<AlgorithmWire, 'parameters'>[]} algorithms */
export function sharedParameters(algorithms) {
  const [first = {}, ...others] = algorithms.map(parametersOf);
  return /** @type {Parameters} */ (
    Object.fromEntries(
      Object.entries(first).filter(([name, schema]) => others.every((each) => JSON.stringify(each[name]) === JSON.stringify(schema))),
    )
  );
}

/** @param {AlgorithmWire} algorithm @param {Parameters} shared */
export function ownParameters(algorithm, shared) {
  return /** @type {Parameters} */ (
    Object.fromEntries(Object.entries(parametersOf(algorithm)).filter(([name]) => !Object.hasOwn(shared, name)))
  );
}

/**
 * The shared ones of the epoch, and the rest of its parameters. A combination (`order+place`) keeps the shared ones in a part of their own.
 * @param {Pick<EpochWire, 'algorithm' | 'params'>} epoch
 * @param {Parameters} shared
 */
export function inForce({ algorithm, params }, shared) {
  const isCombination = algorithm.includes('+');
  const { overtaking = {}, ...halves } = params;
  const all = /** @type {Readonly<Record<string, unknown>>} */ (isCombination ? overtaking : params);
  const rest = Object.entries(params).filter(([name]) => !Object.hasOwn(shared, name));
  return {
    shared: Object.fromEntries(Object.entries(shared).map(([name, schema]) => [name, all[name] ?? schema.default])),
    rest: isCombination ? halves : /** @type {Record<string, unknown>} */ (Object.fromEntries(rest)),
    /** Where the shared ones stand in a form for this algorithm. */
    prefix: isCombination ? 'param.overtaking.' : 'param.',
  };
}

/**
 * What a switch would change of that which holds whatever decides.
 * @param {readonly Pick<AlgorithmWire, 'parameters'>[]} algorithms
 * @param {Pick<EpochWire, 'algorithm' | 'params'>} now
 * @param {Pick<EpochWire, 'algorithm' | 'params'>} then
 */
export function overtakingChanges(algorithms, now, then) {
  const shared = sharedParameters(algorithms);
  const [before, after] = [inForce(now, shared).shared, inForce(then, shared).shared];
  return Object.keys(shared)
    .map((name) => ({ name, from: shown(before[name]), to: shown(after[name]) }))
    .filter(({ from, to }) => from !== to);
}

/**
 * What to say after a switch: parameters that it did not name went back to their defaults.
 * @param {string} algorithm
 * @param {Readonly<Record<string, { readonly from: unknown, readonly to: unknown }>>} [reset]
 */
export function switchedText(algorithm, reset = {}) {
  const changes = Object.entries(reset).map(([name, { from, to }]) => `${name} (${shown(to)}, was ${shown(from)})`);
  return `${algorithm} decides from now on.${changes.length === 0 ? '' : ` At their defaults again: ${changes.join(', ')}.`}`;
}

/** As a field holds it. @param {unknown} value */
export function shown(value) {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
