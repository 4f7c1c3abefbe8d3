/**
 * The default area twice as large. It grows upwards or downwards where its neighbour is ordinary memory. Else it moves,
 * as areas are placed at boot: to the highest gap between carve-outs and other areas that holds it. Base and size stay
 * multiples of a pageblock.
 */
import type { CmaAreaDescription, DeviceDescription, FrameSpan, MemoryDescription } from '../description.ts';
import type { Strategy } from './strategy.ts';

/** Pages of a pageblock, 4 MB. */
const PAGEBLOCK = 1024;

export const biggerArea: Strategy = {
  name: 'bigger-area',
  group: 'cma',
  about: 'the default CMA area is twice as large',
  origin:
    'what users do: 16 to 64 to 256 MB in distributions for the Raspberry Pi (raspberrypi/linux pull request 4152, LibreELEC pull request 5114)',
  claims: [],
  costs: 'kernel memory cannot use the pages of the area',
  device: (description) => {
    const { memory } = description;
    const area = memory.cma.find((one) => one.isDefault)!;
    const larger = { ...area, first: firstOf(area, memory), pages: 2 * area.pages };
    refuse(description, larger);
    return { ...description, memory: { ...memory, cma: memory.cma.map((one) => (one === area ? larger : one)) } };
  },
};

/** Where the doubled area begins. Throws RangeError when there is no room for it. */
function firstOf(area: CmaAreaDescription, { frames, reserved, cma }: MemoryDescription): number {
  const taken: FrameSpan[] = [...reserved, ...cma.filter((one) => one !== area)];
  const pages = 2 * area.pages;
  const ends = [frames, ...taken.map((span) => span.first)].sort((a, b) => b - a);
  const gaps = ends.map((end) => Math.floor((end - pages) / PAGEBLOCK) * PAGEBLOCK);
  const candidates = [area.first, area.first - area.pages, ...gaps];
  const isFree = (first: number): boolean =>
    first >= 0 &&
    first + pages <= frames &&
    taken.every((span) => first + pages <= span.first || span.first + span.pages <= first);
  const first = candidates.find(isFree);
  if (first !== undefined) return first;
  throw new RangeError(
    `bigger-area: no ${pages} pages in a row between the carve-outs and areas of this device for twice the area \`${area.name}\``,
  );
}

/** What is left besides the areas must hold kernel memory. */
function refuse({ memory }: DeviceDescription, larger: CmaAreaDescription): void {
  const { frames, reserved, cma, unmovablePages, reclaimablePages } = memory;
  const sum = (spans: readonly FrameSpan[]): number => spans.reduce((total, span) => total + span.pages, 0);
  const outside = frames - sum(reserved) - sum(cma) - larger.pages / 2;
  if (unmovablePages + reclaimablePages <= outside) return;
  throw new RangeError(
    `bigger-area: kernel memory takes ${unmovablePages + reclaimablePages} pages, but with ${larger.pages} pages for the area \`${larger.name}\` ${outside} are left for it`,
  );
}
