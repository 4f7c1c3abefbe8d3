/** A litmus test as a YAML document: one line an action where it fits. */
import { Document, isMap, isSeq } from 'yaml';
import type { LitmusTest } from '../../sim/index.ts';

/** A script, without threads. The text ends in a newline. */
export function litmusYaml(test: LitmusTest): string {
  const { id, title, kind, config, actions, why } = test;
  const held = { id, title, kind, ...(Object.keys(config).length > 0 ? { config } : {}), actions, why };
  // Lists that several actions share are written out each time: nobody reads anchors easily.
  const document = new Document(held, { aliasDuplicateObjects: false });
  const list = document.get('actions', true);
  if (isSeq(list)) for (const item of list.items) if (isMap(item)) item.flow = true;
  return document.toString({ lineWidth: 140, flowCollectionPadding: true });
}
