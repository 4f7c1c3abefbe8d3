/** The most a litmus file may ask for: enough for generated suites, too little to hang the tool. */
export const LITMUS_LIMITS = {
  fileBytes: 16 * 1024 ** 2,
  tests: 10_000,
  actions: 10_000,
  nameLength: 100,
  textLength: 10_000,
  /** Pages of one mapping or request, and the highest virtual page number and frame. */
  pages: 65_536,
  address: 2 ** 31,
  frame: 1_048_576,
  repeats: 100_000,
  /** Threads of an exploration, and actions of one. */
  threads: 8,
  threadActions: 32,
} as const;
