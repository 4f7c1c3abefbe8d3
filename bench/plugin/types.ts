/** What a plug-in is once it is loaded: plain data, all that a worker needs to run it. */

export interface PluginId {
  /** The strategy's own name. */
  readonly name: string;
  /**
   * SHA-256 of the bundle, 64 hex digits: the same for the same code, wherever it lies and whatever its file is called.
   */
  readonly hash: string;
}

export interface Plugin extends PluginId {
  /** As it was typed; for messages only. */
  readonly file: string;
  /** The bundle: one script without imports, its source map behind it. */
  readonly source: string;
}
