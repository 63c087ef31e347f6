/** What a bundle prints and leaves, as it crosses the wire; see wire.js. */

/**
 * The end of what a bundle printed to one of its streams.
 * @typedef {object} TailWire
 * @property {string} text
 * @property {number} from where it begins, in bytes
 * @property {number} kept bytes that the server keeps: it ends here
 * @property {number} bytes printed in all
 */

/**
 * @typedef {object} TailsWire
 * @property {number} attempt
 * @property {number} part whose output this is, of a task of several parts
 * @property {boolean} partial it still runs
 * @property {TailWire} stdout
 * @property {TailWire} stderr
 */

/**
 * What an attempt of a bundle left, or has so far.
 * @typedef {object} FilesWire
 * @property {number} attempt
 * @property {boolean} partial it still runs
 * @property {number} bytes of all files
 * @property {number} total files there are; `files` are the first of them
 * @property {readonly { readonly path: string, readonly bytes: number, readonly url: string }[]} files
 * @property {readonly { readonly path: string, readonly reason: string }[]} skipped
 */

export {};
