/** Traces as kinds of files that can be imported. */
import { addPartial } from '../doubts.ts';
import type { Importer } from '../importer.ts';
import { TRACE_FORMS, type TraceForm } from './index.ts';

function importerOf({ about, form, knownBy, looksLike, parse }: TraceForm): Importer {
  return {
    kind: form,
    about,
    knownBy,
    sniff: (head) => looksLike(Buffer.from(head, 'latin1')),
    async parse(source, { facts }) {
      const trace = await parse(source.bytes, source.file);
      facts.traces.push(trace);
      for (const sentence of trace.partial) addPartial(facts, `${source.file}: ${sentence}`);
    },
  };
}

const isText = ({ form }: TraceForm): boolean => form !== 'perfetto';

/** Those of text. */
export const TEXT_TRACES: readonly Importer[] = TRACE_FORMS.filter(isText).map(importerOf);

/** Those of binary packets, which some texts look like: to be asked last. */
export const BINARY_TRACES: readonly Importer[] = TRACE_FORMS.filter((form) => !isText(form)).map(importerOf);
