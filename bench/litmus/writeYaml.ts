/** A litmus test as a YAML document: one line an action where it fits. */
import { Document, isMap, isSeq } from 'yaml';
import type { LitmusTest } from '../../sim/index.ts';

/** The text ends in a newline. */
export function litmusYaml(test: LitmusTest): string {
  const { id, title, kind, config, actions, why } = test;
  const document = new Document({
    id,
    title,
    kind,
    ...(Object.keys(config).length > 0 ? { config } : {}),
    actions,
    why,
  });
  const list = document.get('actions', true);
  if (isSeq(list)) for (const item of list.items) if (isMap(item)) item.flow = true;
  return document.toString({ lineWidth: 140, flowCollectionPadding: true });
}
