/** What the path of a file inside a capture tells: the moment it belongs to, the process, and the kernel's own path. */

/** `moment`: everything above `proc/` or `sys/`; `inner`: the rest. */
export interface CapturePath {
  readonly moment: string;
  readonly inner: string;
}

const PROCESS_FILE = /(?:^|\/)(?:\d{1,10}|self)\/[^/]+$/;
const SYSFS_FILE = /(?:^|\/)(?:ksm|cma\/[^/]+)\/[^/]+$/;

export function splitPath(path: string): CapturePath {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  const root = steps.findIndex((step) => step === 'proc' || step === 'sys');
  const cut = root >= 0 ? root : steps.length - depthOf(path);
  return { moment: steps.slice(0, Math.max(0, cut)).join('/'), inner: steps.slice(Math.max(0, cut)).join('/') };
}

/** How many of the last steps belong together. */
function depthOf(path: string): number {
  if (PROCESS_FILE.test(path)) return 2;
  const sysfs = SYSFS_FILE.exec(path);
  return sysfs === null ? 1 : sysfs[0].split('/').filter((step) => step !== '').length;
}

/** Earlier moments first: before, anything else, after. */
export function momentRank(moment: string): number {
  if (/(?:^|[/._-])(?:before|start)$/.test(moment)) return 1;
  if (/(?:^|[/._-])(?:after|end)$/.test(moment)) return 3;
  return moment === '' ? 0 : 2;
}

/** Whose file it is: the pid, and a name when the file's own name has one (`worker0_pid164.smaps`). */
export function processOf(name: string): { readonly pid: number | null; readonly label: string | null } {
  const labelled = /(?:^|\/)([^/]*?)[._-]?pid[._-]?(\d{1,10})[^/]*$/.exec(name);
  if (labelled !== null)
    return { pid: Number(labelled[2]), label: labelled[1] === '' || FILES.test(labelled[1]) ? null : labelled[1] };
  const folder = /(?:^|\/)(\d{1,10})\/[^/]+$/.exec(name);
  if (folder !== null) return { pid: Number(folder[1]), label: null };
  const suffixed = /(?:^|\/)(?:smaps|maps|smaps_rollup|status|stat)[._-](\d{1,10})(?:\.txt)?$/.exec(name);
  return { pid: suffixed === null ? null : Number(suffixed[1]), label: null };
}

const FILES = /^(?:smaps|maps|smaps_rollup|status|stat)$/;

/** Whether the file is one of a process and called so: `proc/12/status`, `worker0_pid164.status`. */
export function isProcessFile(name: string, file: string): boolean {
  if (processOf(name).pid === null) return false;
  return name.endsWith(`/${file}`) || name.endsWith(`.${file}`) || new RegExp(`(?:^|/)${file}[._-]\\d+`).test(name);
}
