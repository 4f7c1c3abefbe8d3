/** The most a file may ask for. `docs/reference/workload-file.md` lists the same numbers. */
export const LIMITS = {
  /** Size of one file, bytes. */
  fileBytes: 8 * 1024 ** 2,
  /** Words, signs, comments and line ends of YAML in it: what decides how much memory reading it takes. */
  tokens: 2_500_000,
  /** Levels of maps and lists inside each other. */
  depth: 16,
  /** Values of a file after expanding aliases, and aliases followed. */
  nodes: 500_000,
  aliases: 200,
  /** Letters of a name, of a text. */
  nameLength: 40,
  textLength: 500,
  /** Frames of a device: 4 GB. */
  frames: 1024 ** 2,
  cpus: 64,
  groups: 128,
  regionsPerGroup: 64,
  /** Processes alive at once: groups at boot, the most the spawners keep alive, and those that events start. */
  processes: 512,
  /** Virtual pages of one process. */
  processPages: 2 ** 20,
  /** Page-table entries of all processes together at boot. */
  mappedPages: 32 * 131_072,
  poolContents: 2 ** 24,
  clients: 64,
  /** Entries of a replay. */
  events: 50_000,
  clientSizes: 64,
  buffers: 4096,
  /** Events per second. */
  rate: 100_000,
  durationNs: 24 * 3600e9,
  pagesToScan: 1_000_000,
  sleepMillisecs: 3_600_000,
  maxPageSharing: 2 ** 31 - 1,
  scanTimeSeconds: 24 * 3600,
  settleScans: 100,
  seeds: 100_000,
  /** Of the recorded program: how many, and each at most 9 digits, as recordings have it. */
  programSeeds: 1000,
  programSeed: 999_999_999,
  costNs: 60e9,
} as const;

/**
 * The limits that whoever writes a replay has to keep: entries of `events:`, processes alive at once, names of clients.
 */
export const REPLAY_LIMITS = {
  events: LIMITS.events,
  processes: LIMITS.processes,
  clients: LIMITS.clients,
  nameLength: LIMITS.nameLength,
  durationNs: LIMITS.durationNs,
  fileBytes: LIMITS.fileBytes,
} as const;
