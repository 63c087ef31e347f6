import { readFileSync, writeFileSync } from 'node:fs';
import { stateMachineDiagram } from '../src/core/domain/task-status.ts';

/** Writes the diagram of docs/state-machine.md from the transition table, between its two marks. */
const file = new URL('../docs/state-machine.md', import.meta.url);
const page = readFileSync(file, 'utf8');
const drawn = page.replace(/(```mermaid\n)[\s\S]*?(```)/, (_, open, close) => `${open}${stateMachineDiagram()}${close}`);
writeFileSync(file, drawn);
