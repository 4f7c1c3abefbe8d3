/** A draft as a workload file: each value with the comment that says where it came from. */
import { Document, isCollection, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Step } from '../plan/node.ts';
import { withoutControls } from '../plan/quote.ts';
import { isList, type Draft, type DraftField, type Flow } from './draft.ts';
import { placeText } from './facts.ts';

const HEAD = ` A workload made by cma-stress import.
 "from FILE:LINE: FIELD" says where a value was read, "guess:" that the capture does not tell it and why it is this one.
 Guesses can be varied: cma-stress run THIS.yaml --set PATH=VALUE.`;

/** The text of the file; the same draft gives the same bytes. */
export function workloadYaml(draft: Draft): string {
  // Failsafe: every value is text, so that `100` and `true` are written without quotes.
  const document = new Document(new YAMLMap(), { schema: 'failsafe' });
  document.commentBefore = HEAD;
  const root = document.contents as YAMLMap;
  for (const field of draft.entries()) put(root, field.steps, valueOf(field));
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

type Value = Scalar | YAMLMap | YAMLSeq;

function valueOf(field: DraftField): Value {
  if (field.text === null) return new YAMLMap();
  const value = field.flow === null ? scalar(field.text) : nodeOf(field.flow);
  const comment = field.steps[0] === 'events' ? lineComment(field) : commentOf(field);
  if (comment !== '') value.comment = ` ${comment}`;
  return value;
}

function scalar(text: string): Scalar {
  return new Scalar(withoutControls(text));
}

function nodeOf(flow: Flow): Value {
  if (typeof flow === 'string') return scalar(flow);
  if (isList(flow)) {
    const list = new YAMLSeq();
    list.flow = true;
    for (const item of flow) list.add(nodeOf(item));
    return list;
  }
  const map = new YAMLMap();
  map.flow = true;
  for (const [key, inner] of Object.entries(flow)) map.add(new Pair(key, nodeOf(inner)));
  return map;
}

/** There may be ten thousands of such lines, all out of one file, which is named elsewhere. */
function lineComment({ source }: DraftField): string {
  const place = source?.line == null ? [] : [`line ${source.line}`];
  return withoutControls([...place, source?.field ?? ''].filter((part) => part !== '').join(': '));
}

/** What stands behind a value; '' for nothing. */
function commentOf({ guess, source }: Pick<DraftField, 'guess' | 'source'>): string {
  const from = source === null ? '' : `from ${placeText(source)}: ${source.field}`;
  const text = guess === null ? from : from === '' ? `guess: ${guess}` : `guess: ${guess}; ${from}`;
  // Names of processes and files are anybody's: a line feed in one must not end the comment.
  return withoutControls(text);
}

function put(root: YAMLMap | YAMLSeq, steps: readonly Step[], value: Value): void {
  let at: YAMLMap | YAMLSeq = root;
  for (const [index, step] of steps.entries()) {
    if (index === steps.length - 1) {
      // What is there already is filled further: an entry may be opened before its values come.
      if (!(value instanceof YAMLMap && isCollection(at.get(step)))) at.set(step, value);
      return;
    }
    const below = at.get(step);
    if (isCollection(below)) at = below;
    else {
      const made: YAMLMap | YAMLSeq = typeof steps[index + 1] === 'number' ? new YAMLSeq() : new YAMLMap();
      at.set(step, made);
      at = made;
    }
  }
}
