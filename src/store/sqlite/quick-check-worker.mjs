// @ts-check
import { parentPort, workerData } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';

// JavaScript, because a worker thread of Node 20 loads no TypeScript and this file runs from sources and from the build alike.
// Table by table: a snapshot is held, and an end of the process waits, for one table and not for all.
const db = new BetterSqlite3(workerData.file, { readonly: true, fileMustExist: true, timeout: 0 });
const tables = /** @type {string[]} */ (db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all());
const problem = tables.map((table) => String(db.pragma(`quick_check("${table}")`, { simple: true }))).find((answer) => answer !== 'ok');
db.close();
parentPort?.postMessage(problem ?? 'ok');
