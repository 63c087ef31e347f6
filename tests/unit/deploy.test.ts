import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { configKeys, foreignKeys } from '../../src/config-keys.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { trx } from '../helpers/cli.ts';

const read = (path: string) => readFileSync(join('deploy', path), 'utf8');
// biome-ignore lint/suspicious/noExplicitAny: files of other programs, looked into as they are
type Loose = any;

/** Every name a scrape of a server has; histograms with what their parts are called. */
async function metricNames(): Promise<ReadonlySet<string>> {
  const byStatus = { delayed: 0, queued: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
  const engine = {
    events: { onEntries: () => () => {} },
    stats: () => ({ byStatus, waitingByReason: {}, pastMaxWait: 0, oldestReadyAt: undefined, at: 0, costTotal: 0 }),
    pools: () => [],
    logBounds: () => ({ floor: 1, head: 1 }),
  } as unknown as Engine;
  const metrics = createMetrics({ version: '0' });
  metrics.observe(engine);
  const { body } = await metrics.text(false);
  const names = [...body.matchAll(/^# TYPE (\S+) (\S+)/gm)].flatMap(([, name = '', kind]) =>
    kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  return new Set([...names, 'up']); // what the scraper itself adds
}

const functions = /\b(?:rate|sum|by|le|on|histogram_quantile|clamp_min|deriv|changes|and|status|strategy|outcome|pool|reason)\b/g;

/** Words of an expression that are neither functions, labels, numbers nor text. */
function namesIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(functions, '');
  return [...bare.matchAll(/[a-z_][a-z0-9_:]+/gi)].map(([name]) => name);
}

describe('dashboard and alerts', () => {
  const dashboard = JSON.parse(read('grafana/dashboard.json')) as Loose;
  const alerts = (parse(read('prometheus/alerts.yml')) as Loose).groups.flatMap(({ rules }: Loose) => rules) as Loose[];
  const expressions: string[] = [
    ...dashboard.panels.flatMap(({ targets }: Loose) => targets.map(({ expr }: Loose) => expr)),
    ...dashboard.annotations.list.map(({ expr }: Loose) => expr),
    ...alerts.map(({ expr }) => expr),
  ];

  it('ask only for what a server exports', async () => {
    const known = await metricNames();
    expect(expressions.length).toBeGreaterThan(30);
    for (const expression of expressions) {
      const names = namesIn(expression);
      expect(names.length, expression).toBeGreaterThan(0);
      expect(
        names.filter((name) => !known.has(name)),
        expression,
      ).toEqual([]);
    }
  });

  it('show every metric of ours somewhere', async () => {
    const asked = new Set(expressions.flatMap(namesIn).map((name) => name.replace(/_(?:bucket|sum|count)$/, '')));
    const ours = [...(await metricNames())]
      .filter((name) => name.startsWith('trx_'))
      .map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
    expect([...new Set(ours)].filter((name) => !asked.has(name))).toEqual(['trx_build_info', 'trx_log_seq']);
  });

  it('are complete: each panel has a place of its own, each alert says what and how bad', () => {
    const taken = new Set<string>();
    for (const { gridPos, title } of dashboard.panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x < 24 && !taken.has(`${x}/${y}`), title).toBe(true);
          taken.add(`${x}/${y}`);
        }
    for (const alert of alerts)
      expect(alert).toMatchObject({
        alert: expect.any(String),
        labels: { severity: expect.any(String) },
        annotations: { summary: expect.any(String) },
      });
  });
});

describe('the manifests of Kubernetes', () => {
  const documents = readdirSync('deploy/kubernetes').flatMap((file) =>
    parseAllDocuments(read(`kubernetes/${file}`)).map((document) => document.toJS({ maxAliasCount: 10 }) as Loose),
  );
  const workloads = documents.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment');

  it('select what they make, run as nobody special, and mount what there is', () => {
    expect(documents.map(({ kind }) => kind).sort()).toEqual(['Deployment', 'Service', 'StatefulSet']);
    for (const { spec } of workloads) {
      expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
      const pod = spec.template.spec;
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      const volumes = [...pod.volumes, ...(spec.volumeClaimTemplates ?? []).map(({ metadata }: Loose) => metadata)].map(
        ({ name }: Loose) => name,
      );
      for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        for (const { name } of container.volumeMounts) expect(volumes).toContain(name);
      }
    }
  });

  it('have one server, with probes of its health', () => {
    const { spec } = workloads.find(({ kind }) => kind === 'StatefulSet') as Loose;
    expect(spec).toMatchObject({ replicas: 1, serviceName: documents.find(({ kind }) => kind === 'Service').metadata.name });
    const [{ livenessProbe, readinessProbe, startupProbe }] = spec.template.spec.containers;
    expect([livenessProbe, readinessProbe, startupProbe].map(({ httpGet }) => httpGet.path)).toEqual([
      '/health/live',
      '/health/ready',
      '/health/live',
    ]);
  });
});

describe('trx compose', () => {
  const made = async (args: readonly string[] = []) => parse((await trx(['compose', ...args])).out) as Loose;

  it('writes what fits together: every volume, config and service that is named is there', async () => {
    const file = await made(['--workers', '3', '--names', 'tasks.example']);
    expect(Object.keys(file.services)).toEqual(['keys', 'server', 'worker-nodes', 'proxy', 'prometheus', 'grafana']);
    expect(file.services['worker-nodes']).toMatchObject({
      deploy: { replicas: 3 },
      command: ['worker', '--allow-http', '--pool', 'nodes', '--slots', '4'],
    });
    expect(file.services.server.environment.TRX_HOSTS).toBe('server,tasks.example');
    const used = { volumes: new Set<string>(), configs: new Set<string>() };
    for (const { volumes = [], configs = [], depends_on = {} } of Object.values(file.services) as Loose[]) {
      for (const volume of volumes) used.volumes.add(volume.split(':')[0]);
      for (const { source } of configs) used.configs.add(source);
      for (const service of Object.keys(depends_on)) expect(Object.keys(file.services)).toContain(service);
    }
    for (const { image } of Object.values(file.services) as Loose[]) expect(image).toMatch(/^[a-z0-9./-]+:v?\d[\w.-]*$/); // a version, not `latest`
    expect([...used.volumes].sort()).toEqual(Object.keys(file.volumes).sort());
    expect([...used.configs].sort()).toEqual(Object.keys(file.configs).sort());
  });

  it('carries files as they are, with their dollars doubled, and gives each service only its own key', async () => {
    const { configs, services } = await made();
    const content = (name: string) => configs[name].content.replaceAll('$$', '$');
    expect(content('grafana-dashboard')).toBe(read('grafana/dashboard.json'));
    expect(content('alerts')).toBe(read('prometheus/alerts.yml'));
    for (const { content: text } of Object.values(configs) as Loose[]) expect(text.replaceAll('$$', '')).not.toContain('$');
    const keysOf = (service: string) =>
      services[service].volumes.filter((volume: string) => volume.includes('key')).map((volume: string) => volume.split(':')[0]);
    expect([keysOf('server'), keysOf('worker-nodes'), keysOf('prometheus')]).toEqual([['admin-key'], ['nodes-key'], ['metrics-key']]);
  });

  it('has workers for each pool of nodes in the catalogue', async () => {
    const file = await made(['--catalog', 'tests/unit/fixtures/node-pools.json']);
    expect(Object.keys(file.services).filter((name) => name.startsWith('worker'))).toEqual(['worker-gpu-eu', 'worker-cpu-us']);
    const pools = JSON.parse(file.configs['catalogue-catalog-json'].content).pools;
    expect(pools.map(({ name }: Loose) => name)).toEqual(['GPU.eu', 'cpu-us']);
  });

  it('refuses a catalogue that a server would refuse, and a file that is there', async () => {
    expect(await trx(['compose', '--catalog', 'package.json'])).toMatchObject({ code: 2, out: '' });
    expect((await trx(['compose', '--out', 'package.json'])).err).toContain('--force');
    expect((await trx(['compose', '--workers', '-1'])).code).toBe(2);
  });
});

describe('first-keys.sh', () => {
  it('makes each key once, in a folder of its own, and leaves those there are', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trx-keys-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    // It says what it was asked for, and fails where it is asked twice.
    writeFileSync(join(folder, 'trx'), `#!/bin/sh\n[ ! -e "${folder}/$3" ] && touch "${folder}/$3" && echo "$@"\n`, { mode: 0o755 });
    const run = () =>
      execFileSync('sh', ['deploy/docker/first-keys.sh', '/data', join(folder, 'keys')], {
        env: { PATH: `${folder}:${process.env['PATH']}` },
      });
    run();
    run();
    const key = (name: string) => join(folder, 'keys', name, 'key');
    expect(readFileSync(key('nodes'), 'utf8')).toBe('keys add nodes --role node --data-dir /data\n');
    expect(['admin', 'nodes', 'metrics'].map((name) => statSync(key(name)).mode & 0o777)).toEqual([0o400, 0o400, 0o444]);
  });
});

describe('settings', () => {
  it('that the files in deploy name are settings there are', async () => {
    const known = new Set([...Object.values(configKeys).map(({ env }) => env), ...foreignKeys]);
    const texts = [
      'docker/Dockerfile',
      'systemd/taskrouterx.service',
      'systemd/taskrouterx-worker.service',
      'kubernetes/server.yaml',
      'kubernetes/workers.yaml',
    ].map(read);
    const named = [...texts, (await trx(['compose'])).out].flatMap((text) => [...text.matchAll(/\bTRX_[A-Z_]+\b/g)].map(([name]) => name));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

const hasSystemd = (() => {
  try {
    execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasSystemd)('the units of systemd', () => {
  it.each(readdirSync('deploy/systemd'))('%s is understood', (unit) => {
    const said = (() => {
      try {
        return execFileSync('systemd-analyze', ['verify', join('deploy/systemd', unit)], { stdio: 'pipe' }).toString();
      } catch (error) {
        return String((error as { stderr?: Buffer }).stderr);
      }
    })();
    // The one thing that may be wrong: trx is not installed on this machine.
    expect(said.split('\n').filter((line) => line !== '' && !line.includes('/usr/local/bin/trx is not executable'))).toEqual([]);
  });
});
