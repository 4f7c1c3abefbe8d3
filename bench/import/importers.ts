/**
 * Every kind of file that can be imported. The first that knows a file gets it: what is told by its content stands
 * before what is told by its name alone, and narrow before wide.
 */
import type { Importer } from './importer.ts';
import { dumpsys } from './parsers/dumpsys.ts';
import {
  comm,
  ksmMergingPages,
  ksmStat,
  oomScoreAdj,
  processCommandLine,
  stat,
  status,
} from './parsers/processFiles.ts';
import { procrank } from './parsers/procrank.ts';
import { cmaFile, ksmFile, lowmemorykillerFile, systemFile } from './parsers/smallFiles.ts';
import { maps, smaps } from './parsers/smaps.ts';
import { ksmText, meminfo, vmstat } from './parsers/table.ts';
import {
  captureNotes,
  cpuinfo,
  dmesg,
  getprop,
  kernelCommandLine,
  unreadable,
  untouched,
  version,
} from './parsers/texts.ts';
import { buddyinfo, pagetypeinfo, zoneinfo } from './parsers/zones.ts';
import { recording } from './recordingFile.ts';
import { BINARY_TRACES, TEXT_TRACES } from './trace/importers.ts';

export const IMPORTERS: readonly Importer[] = [
  captureNotes,
  unreadable,
  untouched,
  // Small files of a process and of sysfs: any content would do, so their path decides.
  comm,
  oomScoreAdj,
  processCommandLine,
  ksmMergingPages,
  ksmStat,
  cmaFile,
  lowmemorykillerFile,
  systemFile,
  ksmFile,
  // By content.
  recording,
  ...TEXT_TRACES,
  dumpsys,
  procrank,
  smaps,
  maps,
  status,
  stat,
  meminfo,
  pagetypeinfo,
  zoneinfo,
  buddyinfo,
  ksmText,
  vmstat,
  version,
  cpuinfo,
  getprop,
  kernelCommandLine,
  dmesg,
  ...BINARY_TRACES,
];
