/** Fields of an event in ftrace text: `key=value` as most print formats have them (kernel: TP_printk). */
import type { Fields } from './rawEvent.ts';

/** Keys in the texts of one event; the longest that is understood has ten. */
const MOST_FIELDS = 32;
const KEY = /(?:^|[\s,])([A-Za-z_]\w{0,31})=/g;

/** Values may hold blanks, as names of threads do: each reaches to the next key. */
export function fieldsOf(text: string): Fields {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  let key = '';
  let from = 0;
  let count = 0;
  KEY.lastIndex = 0;
  for (let match = KEY.exec(text); match !== null && count < MOST_FIELDS; match = KEY.exec(text)) {
    if (key !== '') fields[key] ??= text.slice(from, match.index).trim();
    key = match[1];
    from = KEY.lastIndex;
    count++;
  }
  if (key !== '') fields[key] ??= text.slice(from).trim();
  return fields;
}
