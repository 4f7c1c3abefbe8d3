/** The tables of keys of docs/reference/workload-file.md, made of the schemas that read the files. */
import type { Form } from '../plan/forms.ts';
import { written } from '../plan/forms.ts';
import { eventRequest, eventSchema } from '../plan/eventSchema.ts';
import { kernelSchema } from '../plan/profileSchemas.ts';
import { programSchema } from '../plan/programSchema.ts';
import { object, type Field, type Fields, type Schema } from '../plan/schema.ts';
import {
  cmaClient,
  group,
  ksm,
  memory,
  pageCache,
  pin,
  region,
  spawner,
  workloadFields,
  writes,
} from '../plan/workloadSchema.ts';
import { markdownTable } from '../report/markdownTable.ts';

/** Maps that have a section of their own, by the name of its part of the page, with its heading. */
const SECTIONS = {
  top: { heading: 'Top level', schema: object(workloadFields) },
  memory: { heading: '`memory`', schema: memory },
  ksm: { heading: '`ksm`', schema: ksm },
  groups: { heading: '`groups.<name>`: processes of one kind', schema: group },
  regions: { heading: '`groups.<name>.regions.<name>`: one mapping', schema: region },
  writes: { heading: '`writes`, `inherited_writes`', schema: writes },
  spawners: { heading: '`spawners.<name>`: something that keeps starting processes', schema: spawner },
  cma_clients: { heading: '`cma_clients.<name>`: a driver that asks for contiguous memory', schema: cmaClient },
  pins: { heading: '`pins.<name>`: somebody who holds an extra reference (get_user_pages)', schema: pin },
  page_cache: { heading: '`page_cache`', schema: pageCache },
  events: { heading: '`events[]`: a recording that is replayed', schema: eventSchema },
  event_cma: { heading: '`events[].cma`: one request', schema: eventRequest },
  program: { heading: '`program`: the recorded test program instead of a load', schema: programSchema },
  kernel: { heading: 'Kernel profiles', schema: kernelSchema },
} as const satisfies Readonly<Record<string, { heading: string; schema: Schema<unknown> }>>;

export type KeySection = keyof typeof SECTIONS;
export const KEY_SECTIONS = Object.keys(SECTIONS) as readonly KeySection[];

/** Heading and table of one section. */
export function keysPart(name: KeySection): string {
  const { heading, schema } = SECTIONS[name];
  const table = markdownTable(['key', 'kind', 'default', 'limit', 'meaning'], [], rowsOf(fieldsOf(schema), ''));
  return `### ${heading}\n\n${table}`;
}

function fieldsOf({ shape }: Schema<unknown>): Fields {
  if (shape.kind !== 'object') throw new Error(`a section is a map, found a ${shape.kind}`);
  return shape.fields;
}

/** A row for each key; keys of a map without a section of its own stand below it. */
function rowsOf(fields: Fields, above: string): string[][] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const { shape } = field.schema;
    const path = `${above}${key}${shape.kind === 'named' ? '.<name>' : ''}`;
    const row = [`\`${path}\``, kindOf(field.schema), defaultOf(field), limitOf(field.schema), field.about];
    const inner = innerOf(field.schema);
    const isBelow = inner.shape.kind === 'object' && sectionOf(inner) === undefined;
    const step = shape.kind === 'list' ? `${path}[].` : `${path}.`;
    return [row, ...(isBelow ? rowsOf(fieldsOf(inner), step) : [])];
  });
}

/** What an entry is, where there are several; else the schema itself. */
function innerOf(schema: Schema<unknown>): Schema<unknown> {
  const { shape } = schema;
  return shape.kind === 'named' ? shape.value : shape.kind === 'list' ? shape.item : schema;
}

function sectionOf(schema: Schema<unknown>): string | undefined {
  return Object.values(SECTIONS).find((section) => section.schema === schema)?.heading;
}

const KINDS: Readonly<Record<Form['of'], string>> = {
  number: 'number',
  duration: 'duration',
  size: 'size',
  rate: 'rate',
  share: 'share',
  choice: 'word',
  truth: 'truth',
  name: 'name',
  reference: 'name',
  text: 'text',
};

function kindOf(schema: Schema<unknown>): string {
  const { shape } = schema;
  if (shape.kind === 'scalar') {
    const { form } = shape;
    if (form.of === 'number' && form.words !== undefined) return 'word or number';
    if (form.of === 'choice' && typeof form.choices[0] === 'number') return 'number';
    return `${KINDS[form.of]}${shape.orNone ? ' or `none`' : ''}`;
  }
  const kind = shape.kind === 'list' ? 'list' : 'map';
  const heading = sectionOf(innerOf(schema));
  return heading === undefined ? kind : `[${kind}](#${slug(heading)})`;
}

/** The anchor that a forge gives a heading. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function defaultOf({ schema, fallback, otherwise }: Field<unknown>): string {
  if (otherwise !== null) return otherwise;
  if (fallback === null) return 'required';
  const { shape } = schema;
  if (shape.kind !== 'scalar') return 'none';
  const value = written(shape.form, fallback.value);
  const isWord =
    typeof value === 'boolean' || shape.form.of === 'choice' || shape.form.of === 'name' || value === 'none';
  return isWord && typeof value !== 'number' ? `\`${String(value)}\`` : String(value);
}

function limitOf({ shape }: Schema<unknown>): string {
  switch (shape.kind) {
    case 'scalar':
      return limitOfForm(shape.form);
    case 'named':
      return `${shape.most} entries`;
    case 'list':
      return `${shape.least} to ${shape.most} entries`;
    case 'object':
      return '';
  }
}

function limitOfForm(form: Form): string {
  switch (form.of) {
    case 'number': {
      const { words = [], above = false, min, max } = form;
      return [...words.map((word) => `\`${word}\``), `${above ? 'above ' : ''}${min} to ${max}`].join(', ');
    }
    case 'choice':
      return form.choices.map((choice) => (typeof choice === 'number' ? choice : `\`${choice}\``)).join(', ');
    case 'name':
    case 'text':
      return `${form.longest} letters`;
    case 'truth':
    case 'reference':
    case 'share':
      return '';
    default: {
      const [min, max] = [written(form, form.min), written(form, form.max)];
      return form.min === 0 ? `at most ${max}` : `${min} to ${max}`;
    }
  }
}
