/** Strategies from the user's own files. */
export type { Plugin, PluginId } from './types.ts';
export { changesSince, checkRecorded, chooseStrategies, isPluginPath, type Chosen } from './choose.ts';
export { strategiesOf } from './evaluate.ts';
export { blame } from './failure.ts';
export { NAME, NAME_RULE, wrongWith } from './validate.ts';
