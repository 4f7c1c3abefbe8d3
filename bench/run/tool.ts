/** What results say they were made by: this tool, and the behaviour of the model in it. */
import { createHash } from 'node:crypto';
import { MODEL_VERSION } from '../../sim/index.ts';

export { TOOL_VERSION } from './version.ts';

/** Hash of the model's behaviour version: 16 hex digits. Results of different models cannot be compared. */
export const MODEL_HASH = createHash('sha256').update(MODEL_VERSION).digest('hex').slice(0, 16);
