/**
 * A key of the API, without what opens; see wire.js.
 * @typedef {object} KeyWire
 * @property {string} prefix its public part
 * @property {string} name
 * @property {string} role
 * @property {string | null} tenant the one it is for; null: all
 * @property {string | null} pool the one its nodes may join; null: any
 * @property {string | null} expires_at
 * @property {string} created_at
 * @property {string} created_by
 * @property {string | null} last_used_at since this server started
 */
export {};
