/**
 * What deploy/ says, checked as far as it can be without an engine for containers or a cluster: files parse, names that
 * refer to each other exist, options are those of the command, scripts are run (Slurm by stubs of its commands).
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { parse, parseAllDocuments } from 'yaml';
import { command, MAIN, suiteInScratch } from '../testing/command.ts';
import { needsRedis } from '../testing/redis.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const DEPLOY = fileURLToPath(new URL('../../../deploy/', import.meta.url));
const METRICS_PAGE = fileURLToPath(new URL('../../../docs/reference/metrics-prometheus.md', import.meta.url));

const test = suiteInScratch('deploy');
const testWithRedis = needsRedis(test);

/** As much of manifests, compose files and what they hold as is looked at here. */
interface Node {
  readonly kind: string;
  readonly name: string;
  readonly metadata: Node;
  readonly labels: object;
  readonly spec: Node;
  readonly selector: { readonly matchLabels: object };
  readonly template: Node;
  readonly containers: readonly Node[];
  readonly args?: readonly string[];
  readonly ports?: readonly Node[];
  readonly port: number | string;
  readonly targetPort: string;
  readonly readinessProbe?: { readonly httpGet?: Node; readonly tcpSocket?: Node };
  readonly volumeMounts: readonly Node[];
  readonly volumes: readonly Node[];
  readonly volumeClaimTemplates?: readonly Node[];
  readonly secret?: { readonly secretName: string };
  readonly configMap?: Node;
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly securityContext: { readonly capabilities: object; readonly runAsNonRoot: boolean };
  readonly terminationGracePeriodSeconds: number;
  readonly scaleTargetRef: Node;
  readonly triggers: readonly { readonly metadata: { readonly url: string; readonly valueLocation: string } }[];
  readonly configMapGenerator: readonly Node[];
  readonly resources: readonly string[];
}

interface Service {
  readonly command?: readonly string[];
  readonly volumes: readonly string[];
  readonly build: { readonly dockerfile: string };
  readonly stop_grace_period: string;
}

function servicesOf(file: string): Readonly<Record<string, Service>> {
  return (parse(read(file), { merge: true }) as { services: Record<string, Service> }).services;
}

const read = (file: string): string => readFileSync(join(DEPLOY, file), 'utf8');
const files = (readdirSync(DEPLOY, { recursive: true }) as string[]).filter((file) =>
  /\.\w+$|Containerfile/.test(file),
);
const manifests = files
  .filter((file) => /^kubernetes\/(?!kustomization).*\.yaml$/.test(file))
  .flatMap((file) => parseAllDocuments(read(file)).map((document) => document.toJS() as Node));
const ofKind = (...kinds: string[]): Node[] => manifests.filter(({ kind }) => kinds.includes(kind));
const named = (kind: string): string[] => ofKind(kind).map(({ metadata }) => metadata.name);
const workloads = ofKind('Deployment', 'StatefulSet', 'Job');
const podOf = (workload: Node): Node => workload.spec.template;

const isWithin = (some: object, all: object): boolean =>
  Object.entries(some).every(([name, value]) => Object.entries(all).some((one) => one[0] === name && one[1] === value));

test('every YAML file parses', () => {
  const found = files.filter((file) => file.endsWith('.yaml'));
  assert.ok(found.length >= 9, `${found.length}`);
  for (const file of found)
    for (const { errors, warnings } of parseAllDocuments(read(file), { merge: true }))
      assert.equal([...errors, ...warnings].map(String), [], file);
});

test('every option of a command line is one of the command', async ({ dir }) => {
  const composed = ['compose.yaml', 'compose.tls.yaml'].flatMap((file) => Object.values(servicesOf(file)));
  const arrays = [
    ...composed.map(({ command: words = [] }) => words),
    ...workloads.flatMap((workload) => podOf(workload).spec.containers.map(({ args = [] }) => args)),
  ];
  const texts = files.flatMap((file) => {
    const joined = read(file).replaceAll(/\\\n\s*/g, ' ');
    return [...joined.matchAll(/(?:cma-stress|main\.js) ((?:worker|run|status) [^\n|`]*)/g)].map(([, words]) =>
      words.split(/\s+/),
    );
  });
  const lines = [...arrays, ...texts].filter(([name]) => ['worker', 'run', 'status'].includes(name));
  assert.ok(lines.length >= 12, `${lines.length} command lines`);
  for (const name of ['worker', 'run', 'status']) {
    const { stdout } = await command([name, '--help'], dir);
    const known = new Set([...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option));
    for (const words of lines.filter(([first]) => first === name))
      for (const [option] of words.join(' ').matchAll(/(?<=\s)--[\w-]+/g))
        assert.ok(known.has(option), `${option} of: ${words.join(' ')}`);
  }
});

test('manifests: selectors, volumes, secrets, ports and targets exist', () => {
  const { configMapGenerator: generated } = parse(read('redis/kustomization.yaml')) as Node;
  for (const workload of workloads) {
    const { name } = workload.metadata;
    const { metadata, spec } = podOf(workload);
    if (workload.kind !== 'Job')
      assert.ok(isWithin(workload.spec.selector.matchLabels, metadata.labels), `selector of ${name}`);
    const claims = workload.spec.volumeClaimTemplates ?? [];
    const volumes = [...spec.volumes, ...claims.map((claim) => claim.metadata)].map((one) => one.name);
    for (const container of spec.containers) {
      for (const mount of container.volumeMounts) assert.ok(volumes.includes(mount.name), mount.name);
      const ports = (container.ports ?? []).map((port) => port.name);
      const probe = container.readinessProbe?.httpGet ?? container.readinessProbe?.tcpSocket;
      if (probe !== undefined) assert.ok(ports.includes(`${probe.port}`), `port of the probe of ${name}`);
      assert.equal(container.securityContext.capabilities, { drop: ['ALL'] });
    }
    assert.ok(spec.securityContext.runAsNonRoot, name);
    for (const { secret, configMap, persistentVolumeClaim } of spec.volumes) {
      if (secret !== undefined) assert.ok(named('Secret').includes(secret.secretName), secret.secretName);
      if (configMap !== undefined)
        assert.ok(
          generated.some((one) => one.name === configMap.name),
          configMap.name,
        );
      if (persistentVolumeClaim !== undefined)
        assert.ok(named('PersistentVolumeClaim').includes(persistentVolumeClaim.claimName));
    }
  }
  for (const { metadata, spec } of ofKind('Service')) {
    const pods = workloads.map(podOf).filter((pod) => isWithin(spec.selector, pod.metadata.labels));
    assert.is(pods.length, 1, `pods of service ${metadata.name}`);
    const ports = pods[0].spec.containers.flatMap(({ ports: some = [] }) => some);
    for (const port of spec.ports!) assert.ok(ports.some((one) => one.name === port.targetPort));
  }
  for (const { spec } of ofKind('ScaledObject')) {
    assert.ok(named('Deployment').includes(spec.scaleTargetRef.name));
    const { url, valueLocation } = spec.triggers[0].metadata;
    const { hostname, port } = new URL(url);
    const service = ofKind('Service').find(({ metadata }) => metadata.name === hostname.split('.')[0])!;
    assert.ok(
      service.spec.ports!.some((one) => `${one.port}` === port),
      url,
    );
    assert.match(readFileSync(METRICS_PAGE, 'utf8'), `\`${valueLocation}\``);
  }
  const { resources } = parse(read('kubernetes/kustomization.yaml')) as Node;
  for (const one of resources) assert.ok(existsSync(join(DEPLOY, 'kubernetes', one)), one);
});

test('a worker has more time to end than a cell may take', async ({ dir }) => {
  const { stdout } = await command(['worker', '--help'], dir);
  const minutes = Number(/wall time after which a cell is ended\s+\(default:\s+(\d+)m\)/.exec(stdout)![1]);
  const worker = ofKind('Deployment').find(({ metadata }) => metadata.name === 'worker')!;
  const grace = podOf(worker).spec.terminationGracePeriodSeconds;
  assert.ok(grace > 60 * minutes, `${grace} s`);
  assert.ok(parseInt(servicesOf('compose.yaml')['worker'].stop_grace_period) > minutes);
});

test('files that are named exist', () => {
  const { worker, redis } = servicesOf('compose.yaml');
  assert.ok(existsSync(join(DEPLOY, '..', worker.build.dockerfile)));
  for (const volume of redis.volumes)
    if (volume.startsWith('.')) assert.ok(existsSync(join(DEPLOY, volume.split(':')[0])), volume);
  const copied = [...read('Containerfile').matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, names]) =>
    names.split(' '),
  );
  assert.ok(copied.includes('package-lock.json'));
  for (const name of copied) assert.ok(existsSync(join(DEPLOY, '..', name)), name);
});

testWithRedis(
  'the Slurm script: interrupted it is queued again and goes on; nothing of it is left',
  async ({ dir }) => {
    const bin = join(dir, 'bin');
    mkdirSync(bin);
    const stub = (name: string, text: string): void =>
      writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    stub('srun', 'while [[ $1 == -* ]]; do shift; done\nexec "$@"');
    stub('scontrol', `echo "$@" >>'${join(dir, 'requeued')}'`);
    stub('hostname', 'echo localhost');
    stub('cma-stress', `exec '${process.execPath}' '${MAIN}' "$@"`);
    writeTinyWorkload(dir);
    const env = {
      ...process.env,
      PATH: `${bin}:${process.env['PATH']}`,
      SLURM_JOB_ID: `${process.pid}`,
      SLURM_JOB_NAME: 'tiny',
      SLURM_SUBMIT_DIR: dir,
      TMPDIR: dir,
      CMA_STRESS_REDIS_START: join(DEPLOY, 'redis/start.sh'),
      CMA_STRESS_WORKER_OPTIONS: '--threads 1',
    };
    const words = ['./tiny.yaml', '--strategy', 'stock', '--seeds', '20', '--duration', '200ms', '--no-report'];
    const cells = join(dir, 'results/tiny/cells.ndjson');
    const lines = (): number => (existsSync(cells) ? readFileSync(cells, 'utf8').split('\n').length - 1 : 0);
    const submit = (isEnough: () => boolean): Promise<{ code: number | null; stderr: string }> =>
      new Promise((resolve) => {
        const script = join(DEPLOY, 'slurm/cma-stress.sbatch');
        const batch = spawn('bash', [script, ...words], { cwd: dir, env, stdio: ['ignore', 'ignore', 'pipe'] });
        let stderr = '';
        batch.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
        const poll = setInterval(() => {
          if (!isEnough()) return;
          clearInterval(poll);
          batch.kill('SIGTERM');
        }, 5);
        batch.on('close', (code) => {
          clearInterval(poll);
          resolve({ code, stderr });
        });
      });
    const first = await submit(() => lines() >= 2);
    assert.is(first.code, 130, first.stderr);
    assert.is(readFileSync(join(dir, 'requeued'), 'utf8'), `requeue ${process.pid}\n`);
    const kept = lines();
    assert.ok(kept >= 2 && kept < 20, `${kept} cells`);
    const second = await submit(() => false);
    assert.is(second.code, 0, second.stderr);
    assert.is(lines(), 20);
    assert.match(second.stderr, /worker \w+: \d+ cells, 0 of them failed/);
    assert.equal(
      readdirSync(dir).filter((name) => /^\.cma-stress|^cma-stress-redis/.test(name)),
      [],
    );
  },
);

test('shell scripts have no slip of the pen', () => {
  for (const file of files.filter((one) => /\.(?:sh|sbatch)$/.test(one)))
    execFileSync('bash', ['-n', join(DEPLOY, file)]);
});

test.run();
