import { wording, type DrawnBlock, type Field, type Section } from './model';
import type { FormState } from './state';

export interface SectionSummary {
  label: string;
  lines: [string, string][];
  blanks: { key: string; label: string }[];
  /** Can anything be changed in it now? */
  open: boolean;
}

/** What is signed, in words a reader can check at a glance. */
export function summarise(state: FormState): SectionSummary[] {
  return state.model.sections.map((section) => ({
    label: section.label,
    lines: section.blocks.flatMap((b) => blockLines(b, state)),
    blanks: blanksOf(section, state),
    open: section.fields.some((f) => state.closed(f) !== 'locked'),
  }));
}

function blanksOf(section: Section, state: FormState): SectionSummary['blanks'] {
  const prefix = section.label && state.model.sections.length > 1 ? `${section.label}: ` : '';
  return state.progress(section).blanks.map((f) => ({ key: f.key, label: prefix + f.label }));
}

function blockLines(block: DrawnBlock, state: FormState): [string, string][] {
  if (block.kind === 'item') {
    const value = state.get(block.field.key);
    return [[block.block.ask, value === undefined ? 'blank' : wording(block.field, value, state.model.missing)]];
  }
  return block.block.columns.map((column, c) => [column.label, columnWords(block.cells.map((row) => row[c]), state)]);
}

/** `sum 14, 9 above 0, 2 not visible, 1 blank`. */
function columnWords(cells: (Field | undefined)[], state: FormState): string {
  const fields = cells.filter((f): f is Field => f !== undefined);
  const first = fields[0];
  if (first && state.closed(first) === 'filled by gate') return impliedWords(first, state);
  const values = fields.map((f) => state.get(f.key));
  const numbers = values.filter((v): v is number => typeof v === 'number');
  const parts: string[] = [];
  if (numbers.length > 0) {
    const sum = Math.round(numbers.reduce((a, b) => a + b, 0) * 100) / 100;
    parts.push(`sum ${sum}`, `${numbers.filter((n) => n > 0).length} of ${fields.length} above 0`);
  }
  for (const [code, label] of Object.entries(state.model.missing)) {
    const count = values.filter((v) => v === code).length;
    if (count > 0) parts.push(`${count} ${label.toLowerCase()}`);
  }
  const blank = values.filter((v) => v === undefined).length;
  if (blank > 0) parts.push(`${blank} blank`);
  return parts.join(', ');
}

/** `all 0, by the first question`: one answer stands for every cell. */
function impliedWords(field: Field, state: FormState): string {
  const value = state.get(field.key);
  return `all ${value === undefined ? 'blank' : wording(field, value, state.model.missing).toLowerCase()}, by one answer`;
}
