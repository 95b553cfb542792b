import { choiceKeys, fieldMissing, missingKeys, type KeyedChoice } from './keys';
import type { FieldSpec, FormDocument, GridBlock, ItemBlock, Value } from '../types';

/** One answer of the form, with its name in the answers. */
export interface Field {
  key: string;
  spec: FieldSpec;
  label: string;
  section: string;
  choices: KeyedChoice[];
  missing: Map<string, string>;
  codes: Map<string, Value>;
  grid: { block: GridBlock; row: number; column: number; gateKey: string | null } | null;
}

export type DrawnBlock =
  | { kind: 'item'; block: ItemBlock; field: Field; gates: GridBlock[] }
  | { kind: 'grid'; block: GridBlock; cells: Field[][] };

/** The form for one time point (or for the whole case, with label ''). */
export interface Section {
  label: string;
  blocks: DrawnBlock[];
  fields: Field[];
}

export interface FormModel {
  id: string;
  title: string;
  missing: Record<string, string>;
  sections: Section[];
  fields: Map<string, Field>;
}

/** Lay the form out for the time points of a case; with several, names begin with `A:`, `B:`. */
export function compileForm(form: FormDocument, labels: string[], prefixed = labels.length > 1): FormModel {
  const keys = missingKeys(form.missing);
  const perCase = form.scope === 'case' || !prefixed;
  const sections = (perCase ? [labels.length === 1 ? (labels[0] ?? '') : ''] : labels).map((label) =>
    compileSection(form, label, perCase ? '' : `${label}:`, keys),
  );
  const fields = new Map(sections.flatMap((s) => s.fields.map((f) => [f.key, f] as const)));
  return { id: form.id, title: form.title, missing: form.missing, sections, fields };
}

function compileSection(form: FormDocument, label: string, prefix: string, keys: Map<string, string>): Section {
  const grids = form.blocks.filter((b): b is GridBlock => b.kind === 'grid');
  const blocks = form.blocks.map((block): DrawnBlock => {
    if (block.kind === 'grid') return { kind: 'grid', block, cells: gridCells(block, label, prefix, keys) };
    const field = compileField(block, `${prefix}${block.id}`, block.ask, label, keys);
    return { kind: 'item', block, field, gates: grids.filter((g) => g.gate?.item === block.id) };
  });
  const fields = blocks.flatMap((b) => (b.kind === 'item' ? [b.field] : b.cells.flat()));
  return { label, blocks, fields };
}

function gridCells(block: GridBlock, section: string, prefix: string, keys: Map<string, string>): Field[][] {
  const first = block.gate?.item ?? block.repeat?.item;
  const gateKey = first === undefined ? null : `${prefix}${first}`;
  return block.rows.map((row, r) =>
    block.columns.map((column, c) => ({
      ...compileField(column, `${prefix}${block.id}.${row.id}.${column.id}`, `${row.label}, ${column.label}`, section, keys),
      grid: { block, row: r, column: c, gateKey },
    })),
  );
}

/** The server writes an open end or an absent unit as null: here it is simply not there. */
function withoutNulls(spec: FieldSpec): FieldSpec {
  return Object.fromEntries(Object.entries(spec).filter(([, v]) => v !== null)) as unknown as FieldSpec;
}

function compileField(given: FieldSpec, key: string, label: string, section: string, keys: Map<string, string>): Field {
  const spec = withoutNulls(given);
  const missing = fieldMissing(spec, keys);
  const choices = choiceKeys(spec.choices ?? [], missing.keys());
  const codes = new Map<string, Value>([
    ...choices.flatMap((c) => c.keys.map((k) => [k, c.value] as const)),
    ...missing,
  ]);
  return { key, spec, label, section, choices, missing, codes, grid: null };
}

/** How an answer reads: the label of a choice or missing code, else the value itself. */
export function wording(field: Field, value: Value, missing: Record<string, string>): string {
  const choice = field.choices.find((c) => c.value === value);
  if (choice) return choice.label;
  if (typeof value === 'string' && missing[value] !== undefined) return missing[value];
  return field.spec.unit ? `${value} ${field.spec.unit}` : String(value);
}
