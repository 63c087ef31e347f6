import { stringify } from 'yaml';

/** Images of others, pinned. */
const images = { proxy: 'caddy:2.10-alpine', prometheus: 'prom/prometheus:v3.5.0', grafana: 'grafana/grafana:12.1.0' };

export interface ComposeOptions {
  readonly image: string;
  /** Folder the image can be built from. */
  readonly build: string | undefined;
  /** Of this machine, where the proxy listens. */
  readonly port: number;
  /** Names the server is called by, besides localhost. */
  readonly names: readonly string[];
  readonly nodePools: readonly string[];
  /** Workers of each such pool, and their slots. */
  readonly workers: number;
  readonly slots: number;
  /** Files by name, for the folder the server reads its catalogue from; the catalogue is `catalog.json`. */
  readonly catalogue: Readonly<Record<string, string>>;
  readonly files: {
    readonly prometheus: string;
    readonly alerts: string;
    readonly datasource: string;
    readonly dashboards: string;
    readonly dashboard: string;
  };
}

const head = `# Made by trx compose. Start it with: GRAFANA_PASSWORD=... docker compose up -d
# The first key of an administrator: docker compose exec server cat /keys/admin/key
`;

/** The whole deployment as one file: what the services read is in it. */
export function composeFile(options: ComposeOptions): string {
  const { image, build, port, names, nodePools, workers, slots, catalogue, files } = options;
  const own = {
    image,
    restart: 'unless-stopped',
    read_only: true,
    tmpfs: ['/tmp'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  };
  const catalogueConfigs = Object.entries(catalogue).map(([name, content]) => ({
    id: `catalogue-${name.replaceAll('.', '-')}`,
    name,
    content,
  }));
  const config = (source: string, target: string) => ({ source, target });
  const file = {
    services: {
      keys: {
        ...own,
        ...(build === undefined ? {} : { build: { context: build, dockerfile: 'deploy/docker/Dockerfile' } }),
        restart: 'no',
        entrypoint: ['trx-first-keys', '/data/db', '/keys'],
        network_mode: 'none',
        volumes: ['data:/data', 'admin-key:/keys/admin', 'nodes-key:/keys/nodes', 'metrics-key:/keys/metrics'],
      },
      server: {
        ...own,
        depends_on: { keys: { condition: 'service_completed_successfully' } },
        environment: {
          TRX_DATA_DIR: '/data/db',
          TRX_RUN_DIR: '/tmp/run',
          TRX_CATALOG: '/etc/taskrouterx/catalog.json',
          TRX_HOSTS: ['server', ...names].join(','),
          TRX_NODE_NAME: 'server',
        },
        volumes: ['data:/data', 'admin-key:/keys/admin:ro'],
        configs: catalogueConfigs.map(({ id, name }) => config(id, `/etc/taskrouterx/${name}`)),
        stop_grace_period: '30s',
      },
      ...Object.fromEntries(
        nodePools.map((pool) => [
          serviceOf(pool),
          {
            ...own,
            depends_on: { server: { condition: 'service_healthy' } },
            command: ['worker', '--allow-http', '--pool', pool, '--slots', String(slots)],
            environment: { TRX_SERVER: 'http://server:8000', TRX_API_KEY_FILE: '/keys/nodes/key' },
            volumes: ['nodes-key:/keys/nodes:ro'],
            healthcheck: { disable: true },
            stop_grace_period: '40s',
            deploy: { replicas: workers },
          },
        ]),
      ),
      proxy: {
        image: images.proxy,
        restart: 'unless-stopped',
        depends_on: { server: { condition: 'service_healthy' } },
        ports: [`${port}:8080`],
        configs: [config('proxy', '/etc/caddy/Caddyfile')],
      },
      prometheus: {
        image: images.prometheus,
        restart: 'unless-stopped',
        volumes: ['prometheus:/prometheus', 'metrics-key:/keys/metrics:ro'],
        configs: [config('prometheus', '/etc/prometheus/prometheus.yml'), config('alerts', '/etc/prometheus/alerts.yml')],
      },
      grafana: {
        image: images.grafana,
        restart: 'unless-stopped',
        environment: { GF_SECURITY_ADMIN_PASSWORD: `\${GRAFANA_PASSWORD:?say which password the user admin of Grafana has}` },
        ports: ['127.0.0.1:3000:3000'],
        volumes: ['grafana:/var/lib/grafana'],
        configs: [
          config('grafana-datasource', '/etc/grafana/provisioning/datasources/default.yml'),
          config('grafana-dashboards', '/etc/grafana/provisioning/dashboards/default.yml'),
          config('grafana-dashboard', '/etc/taskrouterx/dashboards/taskrouterx.json'),
        ],
      },
    },
    volumes: Object.fromEntries(['data', 'admin-key', 'nodes-key', 'metrics-key', 'prometheus', 'grafana'].map((name) => [name, {}])),
    configs: Object.fromEntries(
      [
        ...catalogueConfigs.map(({ id, content }): [string, string] => [id, content]),
        ['proxy', proxyFile] as const,
        ['prometheus', files.prometheus] as const,
        ['alerts', files.alerts] as const,
        ['grafana-datasource', files.datasource] as const,
        ['grafana-dashboards', files.dashboards] as const,
        ['grafana-dashboard', files.dashboard] as const,
      ].map(([name, content]) => [name, { content: literal(content) }]),
    ),
  };
  return head + stringify(file, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Streams are passed on as they come. */
const proxyFile = `:8080 {
  reverse_proxy server:8000 {
    flush_interval -1
  }
}
`;

export function serviceOf(pool: string): string {
  return `worker-${pool.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '-')}`;
}

/** Compose fills in variables in contents too, where a dollar is not doubled. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
