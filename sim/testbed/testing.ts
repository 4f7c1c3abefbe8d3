/** A machine of the recordings for tests: small enough to boot in a moment, with the profile of Linux 6.1. */
import type { DeviceDescription } from '../description.ts';
import { CHANGED_BY_6_1 } from '../kernelProfiles.ts';
import { COSTS } from '../load/testing.ts';
import type { TestbedRecord } from './record.ts';
import { NO_LOAD } from '../load/noLoad.ts';

/** 80 MB, of them 16 MB of ZONE_DMA, with an area of 16 MB at the end, or other sizes in frames. */
export function testMachine(frames = 20480, area = 4096): DeviceDescription {
  return {
    device: 'test',
    cpus: 2,
    hz: 250,
    kernel: {
      name: 'linux-6.1',
      about: '',
      cmaFirstForAnon: false,
      pageCacheOutsideCma: false,
      cmaFreeBypassesPcp: false,
      migrationFaultDelayNs: 0,
      cmaRetries: 0,
      cmaRetrySleepNs: 0,
      cmaBitmapFirst: true,
      changes: CHANGED_BY_6_1,
    },
    costs: COSTS,
    ksm: { run: 1, pages_to_scan: 100, sleep_millisecs: 20, checksum_bits: 32 },
    memory: {
      frames,
      reserved: [{ name: 'zone-dma', first: 0, pages: 4096 }],
      cma: [{ name: 'reserved', first: frames - area, pages: area, isDefault: true }],
      unmovablePages: 1024,
      reclaimablePages: 512,
      minFreeKbytes: 512,
      extraFreeKbytes: 0,
      lowmemorykiller: { adj: [], minfree: [] },
    },
    load: NO_LOAD,
    settleScans: 0,
    warmupNs: 0,
    durationNs: 0,
  };
}

/** Stages of a scripted scenario as the comparison reads them. */
export function stages(record: TestbedRecord) {
  return record.notes
    .filter((note) => typeof note['stage'] === 'string')
    .map((note) => {
      const census = record.census[note['census_idx'] as number];
      const { pages, maps, items, pages_missing, maps_missing } = census;
      const counters = `${note['pages_shared'] as number}/${note['pages_sharing'] as number}`;
      const seen = `pages ${pages} maps ${maps} items ${items} missing ${pages_missing}/${maps_missing}`;
      return `${note['stage'] as string} ${counters} ${seen}`;
    });
}
