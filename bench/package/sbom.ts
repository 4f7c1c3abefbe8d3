/**
 * The bill of materials of what an installation brings along, and the list of its licences: npm's own CycloneDX
 * document of package-lock.json without what differs from run to run and from machine to machine.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../report/markdownTable.ts';

/** The parts of a CycloneDX 1.5 document that are read here; the rest is handed on. */
export interface Sbom {
  readonly metadata: { readonly component: Readonly<Record<string, unknown>> };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly [key: string]: unknown;
}

export interface Component {
  /** NAME@VERSION. */
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  /** `optional`: of some platforms, or only for `query`. */
  readonly scope?: string;
  readonly licenses?: readonly { readonly license?: { readonly id?: string }; readonly expression?: string }[];
}

/**
 * Licences that let anybody use, change and pass on the tool with them under its own Apache-2.0, keeping notices at
 * most (the OSI's permissive ones). Another one has to be looked at before it comes in.
 */
const PERMISSIVE = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Unlicense',
]);

/**
 * Of the project in `root`, whose dependencies are installed. Throws when npm does. npm's own `--omit dev` leaves out a
 * package that a tool for development needs too (11.19: commander), so this goes by the lock file's marks.
 */
export function makeSbom(root: string): Sbom {
  const words = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const text = execFileSync('npm', words, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const { $schema, bomFormat, specVersion, metadata, components, dependencies } = JSON.parse(text) as Sbom;
  const shipped = shippedPackages(root);
  const own = metadata.component['bom-ref'];
  return {
    $schema,
    bomFormat,
    specVersion,
    // npm takes the name of the folder.
    metadata: { component: { ...metadata.component, name: manifest(root).name } },
    components: components.filter((one) => shipped.has(one['bom-ref'])).map((one) => withLicence(one, root)),
    dependencies: dependencies
      .filter(({ ref }) => ref === own || shipped.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((needed) => shipped.has(needed)) })),
  };
}

/** `NAME@VERSION` of each package that is not there for development alone. */
function shippedPackages(root: string): ReadonlySet<string> {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>>;
  };
  return new Set(
    Object.entries(packages)
      .filter(([path, { dev }]) => path !== '' && dev !== true)
      .map(
        ([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
      ),
  );
}

/** With what old packages write as `licenses`, which npm passes over. */
function withLicence(component: Component, root: string): Component {
  if (component.licenses !== undefined && component.licenses.length > 0) return component;
  const { licenses = [] } = manifest(join(root, 'node_modules', component.name));
  return { ...component, licenses: licenses.map(({ type }) => ({ license: { id: type } })) };
}

interface Manifest {
  readonly name: string;
  readonly licenses?: readonly { readonly type: string }[];
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** SPDX; what is alike is joined by ` AND `. Empty when the package does not say. */
function licenceOf({ licenses = [] }: Component): string {
  return licenses.map(({ license, expression }) => expression ?? license?.id ?? '').join(' AND ');
}

/** Packages whose licence is none of those that are known to go together with the project's. */
export function doubtfulLicences({ components }: Sbom): string[] {
  return components
    .filter((component) => !PERMISSIVE.has(licenceOf(component)))
    .map((component) => `${component.name} ${component.version}: ${licenceOf(component) || 'none'}`);
}

/** Name, version and licence of each package, sorted: what two documents of different npms agree in. */
export function inventory({ components }: Sbom): string[] {
  return components.map((one) => `${one.name} ${one.version} ${licenceOf(one)}`).sort();
}

/** Markdown. */
export function licencePage(sbom: Sbom): string {
  const licences = [...new Set(sbom.components.map(licenceOf))].sort();
  const rows = licences.map((licence) => {
    const packages = sbom.components.filter((component) => licenceOf(component) === licence);
    const names = packages.map(({ name, version }) => `${name} ${version}`).sort();
    return [licence, `${names.length}`, names.join(', ')];
  });
  return `# Licences

cma-stress is under Apache-2.0. Its package has no code of others in it. An installation brings these along, the optional
ones of all platforms counted; [sbom.cdx.json](sbom.cdx.json) has them as a CycloneDX document, with their checksums and
who needs whom.
Written by \`npm run sbom\`.

${markdownTable(['licence', 'packages', 'which'], ['left', 'right', 'left'], rows)}
`;
}
