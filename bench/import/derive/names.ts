/** Names of processes and areas as names of a workload file: a-z 0-9 - _, beginning with a letter, each once. */

const LONGEST = 32;

/** The name, made unlike every one in `taken` and added to them. `otherwise`: when nothing of it is left. */
export function nameOf(text: string, otherwise: string, taken: Set<string>): string {
  const plain = plainName(text) || otherwise;
  let name = plain;
  for (let count = 2; taken.has(name); count++) name = `${plain}-${count}`;
  taken.add(name);
  return name;
}

function plainName(text: string): string {
  const dashed = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '');
  return dashed.slice(0, LONGEST).replace(/-+$/, '');
}

/** What the names of several processes have in common: `worker` of `worker0`, `worker1`; '' for nothing. */
export function stemOf(names: readonly string[]): string {
  const stems = new Set(names.map((name) => plainName(name.replace(/[\d:/_.-]+$/, ''))));
  return stems.size === 1 ? [...stems][0] : '';
}
