import { SHAPES_FOR } from '../stage/shapes';
import { el, kbd, setAttribute } from '../ui/dom';
import { wording, type Field } from './model';
import type { FormState } from './state';
import type { AdjudicationView, MeasureKind, ShapeKind, Value } from '../types';

/** One answer on the screen: the element that takes the keyboard, and how it is brought up to date. */
export interface Drawn {
  field: Field;
  element: HTMLElement;
  focus(): void;
  update(): void;
}

export interface DrawParts {
  state: FormState;
  /** The reader pointed at a value with the mouse. */
  pick(field: Field, value: Value): void;
  /** The same answer for the other time points, for a glance back. */
  elsewhere(field: Field): { label: string; value: Value | undefined }[];
  adjudication: AdjudicationView | null;
  locked: boolean;
}

/** Values of a field that a mouse can point at: choices, or a short range. */
export function options(field: Field): { value: Value; label: string }[] {
  const { spec } = field;
  if (spec.type === 'choice') return field.choices.map((c) => ({ value: c.value, label: c.label }));
  const { min, max } = spec;
  if (spec.type !== 'integer' || min === undefined || max === undefined || max - min > 12) return [];
  return Array.from({ length: max - min + 1 }, (_, i) => ({ value: min + i, label: String(min + i) }));
}

/** How an answer is written in a cell: a score, or a missing code in capitals. */
export function short(field: Field, value: Value | undefined): string {
  if (value === undefined) return '';
  if ([...field.missing.values()].includes(String(value)) || typeof value === 'string') return String(value).toUpperCase();
  return String(value);
}

function describe(field: Field, parts: DrawParts): string {
  const value = parts.state.get(field.key);
  const said = value === undefined ? 'blank' : wording(field, value, parts.state.model.missing);
  const implied = parts.state.closed(field) === 'filled by gate' ? ', filled by the question above' : '';
  return `${field.label}: ${said}${implied}`;
}

function heat(field: Field, value: Value | undefined): number {
  const { min = 0, max } = field.spec;
  return typeof value === 'number' && max !== undefined && max > min ? (value - min) / (max - min) : 0;
}

function readersOf(field: Field, adjudication: AdjudicationView | null): { label: string; value: Value | undefined }[] {
  return (adjudication?.reads ?? []).map((r) => ({ label: r.label, value: r.answers[field.key] }));
}

/** A cell of a grid. With `segments` the values stand side by side, else the score alone. */
export function drawCell(field: Field, parts: DrawParts, segments: boolean): Drawn {
  const own = el('span', { class: 'own' });
  const beside = el('span', { class: 'beside', attrs: { 'aria-hidden': true } });
  const buttons = segments ? options(field).map((o) => segment(field, o, parts)) : [];
  const cell = el('td', { class: segments ? 'cell segments' : 'cell', attrs: { role: 'gridcell', tabindex: -1, 'data-key': field.key } }, segments ? [...buttons.map((b) => b.node), beside] : [own, beside]);
  const update = (): void => {
    const value = parts.state.get(field.key);
    const closed = parts.state.closed(field);
    setAttribute(cell, 'aria-label', describe(field, parts));
    setAttribute(cell, 'aria-disabled', closed !== null);
    cell.classList.toggle('implied', closed === 'filled by gate');
    cell.classList.toggle('closed', closed === 'gate unanswered' || closed === 'locked');
    cell.classList.toggle('given', value !== undefined);
    cell.classList.toggle('coded', value !== undefined && typeof value === 'string');
    cell.style.setProperty('--heat', String(heat(field, value)));
    own.textContent = short(field, value) || '·';
    for (const b of buttons) b.node.classList.toggle('s', b.value === value);
    drawBeside(beside, field, parts, cell, segments ? value : undefined);
  };
  return { field, element: cell, focus: () => cell.focus(), update };
}

function segment(field: Field, option: { value: Value; label: string }, parts: DrawParts): { node: HTMLElement; value: Value } {
  const node = el('span', { class: 'seg', text: option.label, attrs: { 'aria-hidden': true }, on: { click: () => parts.pick(field, option.value) } });
  return { node, value: option.value };
}

/** What stands small beside a score: the two readers' answers, or this reader's at the other time points. */
function drawBeside(node: HTMLElement, field: Field, parts: DrawParts, cell: HTMLElement, coded: Value | undefined): void {
  const readers = readersOf(field, parts.adjudication);
  const differs = new Set(readers.map((r) => r.value)).size > 1;
  cell.classList.toggle('differs', differs);
  const shown = readers.length > 0 ? readers : parts.elsewhere(field).filter((o) => o.value !== undefined);
  node.hidden = readers.length === 0 && parts.elsewhere(field).length === 0 && typeof coded !== 'string';
  const code = typeof coded === 'string' ? [el('i', { class: 'code', text: coded.toUpperCase() })] : [];
  node.replaceChildren(
    ...code,
    ...shown.map((o) => el('i', { text: readers.length > 0 ? short(field, o.value) || '–' : `${o.label} ${short(field, o.value)}` })),
  );
}

/** A question of the form. */
export function drawItem(field: Field, hint: (value: Value) => string, parts: DrawParts): Drawn {
  if (field.spec.type === 'text') return drawText(field, parts);
  return options(field).length > 0 ? drawChoice(field, hint, parts) : drawNumber(field, parts);
}

function missingChoices(field: Field, parts: DrawParts): { value: Value; label: string; keys: string[] }[] {
  return [...field.missing].map(([key, code]) => ({ value: code, label: parts.state.model.missing[code] ?? code, keys: [key] }));
}

function drawChoice(field: Field, hint: (value: Value) => string, parts: DrawParts): Drawn {
  const given = field.choices.length > 0 ? field.choices : options(field).map((o) => ({ ...o, keys: [] }));
  const all = [...given, ...missingChoices(field, parts)];
  const buttons = all.map((choice) =>
    el('button', {
      class: 'choice',
      attrs: { type: 'button', role: 'radio', 'data-value': String(choice.value), tabindex: -1 },
      on: { click: () => parts.pick(field, choice.value) },
    }, [el('span', { text: choice.label + hint(choice.value) }), choice.keys[0] ? kbd(choice.keys[0].toUpperCase()) : null]),
  );
  const group = el('div', { class: 'choices', attrs: { role: 'radiogroup', 'aria-label': field.label, 'data-key': field.key } }, buttons);
  group.addEventListener('keydown', (e) => moveAmong(e, buttons));
  const update = (): void => {
    const value = parts.state.get(field.key);
    const chosen = all.findIndex((c) => c.value === value);
    buttons.forEach((b, i) => {
      setAttribute(b, 'aria-checked', i === chosen ? 'true' : 'false');
      setAttribute(b, 'tabindex', i === Math.max(0, chosen) ? 0 : -1);
    });
  };
  return { field, element: group, focus: () => (buttons.find((b) => b.tabIndex === 0) ?? buttons[0])?.focus(), update };
}

/** Left and right move among the choices without choosing; Enter or Space chooses. */
function moveAmong(event: KeyboardEvent, buttons: HTMLButtonElement[]): void {
  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  if (by === 0 || at < 0) return;
  event.preventDefault();
  buttons[(at + by + buttons.length) % buttons.length]?.focus();
}

/** The keys that draw what answers a question, from its shapes. */
const SHAPE_KEYS: Record<ShapeKind, string> = { length: 'M', bidirectional: 'Shift M', angle: 'A', ellipse: 'E', rectangle: 'B', polygon: 'Shift E', points: 'Shift P' };

export const measureKeys = (measure: MeasureKind): string[] => SHAPES_FOR[measure].map((shape) => SHAPE_KEYS[shape]);

function drawNumber(field: Field, parts: DrawParts): Drawn {
  const value = el('span', { class: 'own' });
  const { min, max, unit, measure } = field.spec;
  const how = measure ? el('span', { class: 'unit how' }, [...measureKeys(measure).slice(0, 2).map(kbd), ' measures it']) : null;
  const box = el('div', { class: 'number', attrs: { role: 'spinbutton', tabindex: 0, 'aria-valuemin': min, 'aria-valuemax': max, 'aria-label': field.label, 'data-key': field.key } }, [value, unit ? el('span', { class: 'unit', text: unit }) : null, how]);
  const update = (): void => {
    const given = parts.state.get(field.key);
    value.textContent = short(field, given) || '·';
    setAttribute(box, 'aria-valuenow', typeof given === 'number' ? given : null);
    setAttribute(box, 'aria-valuetext', given === undefined ? 'blank' : wording(field, given, parts.state.model.missing));
    box.classList.toggle('given', given !== undefined);
  };
  return { field, element: box, focus: () => box.focus(), update };
}

function drawText(field: Field, parts: DrawParts): Drawn {
  const area = el('textarea', { class: 'text', attrs: { rows: 2, maxlength: field.spec.max_length, readonly: parts.locked, 'aria-label': field.label, 'data-key': field.key } });
  area.addEventListener('input', () => parts.state.set(field.key, area.value === '' ? undefined : area.value));
  const update = (): void => {
    const value = String(parts.state.get(field.key) ?? '');
    if (area.value !== value) area.value = value;
  };
  return { field, element: area, focus: () => area.focus(), update };
}
