/** Does the population fit the device? Counted as at boot, before anything is merged. */
import { LIMITS } from './limits.ts';
import type { Note } from './problems.ts';
import type { Named } from './schema.ts';
import type { GroupFile, RegionFile, WorkloadFile } from './workloadSchema.ts';

/** Pages of a population, by what holds them. */
interface Population {
  /** Page frames of anonymous memory before merging (copied private-file pages included). */
  readonly anon: number;
  /** Page-cache frames of mapped files. */
  readonly files: number;
  /** Page-table entries of all processes. */
  readonly mapped: number;
  /** Present anonymous page-table entries in mergeable regions: the rmap_items ksmd will keep. */
  readonly mergeable: number;
}

function populated(region: RegionFile): number {
  return Math.round(region.size * region.populated);
}

/** The group and its ancestors, nearest first. */
function lineage(group: Named<GroupFile>, file: WorkloadFile): Named<GroupFile>[] {
  const line = [group];
  for (let parent = group.value.parent; parent !== null;) {
    const above = file.groups.find((other) => other.name === parent);
    if (above === undefined) break;
    line.push(above);
    parent = above.value.parent;
  }
  return line;
}

/** Counts a population at boot. Parents must exist and must not form a circle. */
function countPopulation(file: WorkloadFile): Population {
  const files = new Map<string, number>();
  let anon = 0;
  let mapped = 0;
  let mergeable = 0;
  for (const group of file.groups) {
    const count = group.value.count;
    const line = lineage(group, file);
    const [own, ...above] = line.map((one) => one.value.regions.map((region) => region.value));
    const inherited = above.flat();
    const privatePages = (regions: readonly RegionFile[]) =>
      sum(regions.filter((region) => region.kind !== 'shared-file'));
    anon += count * (privatePages(own) + Math.round(group.value.rewrite_inherited * privatePages(inherited)));
    mapped += count * (sum(own) + sum(inherited));
    mergeable += count * mergeablePages(line);
    if (count === 0) continue;
    for (const region of own) {
      if (region.kind !== 'shared-file' || region.file === null) continue;
      files.set(region.file, Math.max(files.get(region.file) ?? 0, populated(region)));
    }
  }
  return { anon, files: [...files.values()].reduce((total, pages) => total + pages, 0), mapped, mergeable };
}

/** Populated pages of one process that it or an ancestor has asked to be merged; `line`: its groups, its own first. */
function mergeablePages(line: readonly Named<GroupFile>[]): number {
  let pages = 0;
  let advised = false;
  for (const { value } of line) {
    const asked = advised;
    const regions = value.regions.map((region) => region.value).filter((region) => region.kind !== 'shared-file');
    pages += sum(regions.filter((region) => region.mergeable || asked));
    advised ||= value.madvise_inherited;
  }
  return pages;
}

function sum(regions: readonly RegionFile[]): number {
  return regions.reduce((total, region) => total + populated(region), 0);
}

/** Notes a process or a population that is larger than the device or the model allows. */
export function checkMemory(file: WorkloadFile, note: Note): void {
  for (const group of file.groups) {
    const pages = lineage(group, file)
      .flatMap((one) => one.value.regions)
      .reduce((total, region) => total + region.value.size, 0);
    if (pages > LIMITS.processPages) {
      note(
        ['groups', group.name, 'regions'],
        `make a process of ${pages} virtual pages (inherited ones counted); at most ${LIMITS.processPages} are possible`,
      );
    }
  }
  const population = countPopulation(file);
  if (population.mapped > LIMITS.mappedPages) {
    note(
      ['groups'],
      `map ${population.mapped} pages in all processes together; at most ${LIMITS.mappedPages} are possible`,
    );
  }
  const memory = file.memory;
  const reserved = memory.reserved.reduce((total, span) => total + span.value.size, 0);
  const kernel = memory.unmovable + memory.reclaimable;
  const cache = file.page_cache.size + population.files;
  const needed = reserved + kernel + cache + population.anon + memory.min_free;
  if (needed > memory.size) {
    const parts = `${reserved} reserved, ${kernel} kernel, ${cache} page cache, ${population.anon} anonymous, ${memory.min_free} min_free`;
    note(
      ['groups'],
      `the device does not hold this: it needs ${needed} pages (${parts}) but the device has ${memory.size}`,
    );
  }
  const cma = memory.cma.reduce((total, span) => total + span.value.size, 0);
  if (reserved + kernel + cma > memory.size) {
    note(
      ['memory', 'unmovable'],
      `kernel memory cannot lie in CMA: it needs ${kernel} pages but ${memory.size - reserved - cma} lie outside CMA and carve-outs`,
    );
  }
}
