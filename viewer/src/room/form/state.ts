import type { DrawnBlock, Field, FormModel, Section } from './model';
import type { Answers, Value } from '../types';

export type GridState = 'waiting' | 'open' | 'filled';

export interface Progress {
  done: number;
  total: number;
  blanks: Field[];
}

/** Why a field cannot take a score now, or null when it can. */
export type Closed = 'locked' | 'gate unanswered' | 'filled by gate' | null;

/**
 * The answers of a case while they are given. A grid behind a gate question follows it: one answer
 * fills every cell (with the gate's fill, or with the missing code that the gate was given), and
 * scores entered before are set aside, to come back when the grid is opened again.
 */
export class FormState {
  private values: Answers;
  private aside: Answers;
  private listeners: ((keys: string[]) => void)[] = [];

  constructor(
    readonly model: FormModel,
    answers: Answers,
    aside: Answers = {},
    private readonly opens: (key: string, label: string) => boolean = () => true,
  ) {
    this.values = { ...answers };
    this.aside = { ...aside };
  }

  get answers(): Answers {
    return { ...this.values };
  }

  /** Scores taken off the form by a gate, kept in case it is opened again. */
  get setAside(): Answers {
    return { ...this.aside };
  }

  get(key: string): Value | undefined {
    return this.values[key];
  }

  onChange(listener: (keys: string[]) => void): void {
    this.listeners.push(listener);
  }

  closed(field: Field): Closed {
    if (!this.opens(field.key, field.section)) return 'locked';
    const gateKey = field.grid?.gateKey;
    if (!gateKey) return null;
    const answer = this.values[gateKey];
    if (answer === undefined) return 'gate unanswered';
    return isOpen(field, answer) ? null : 'filled by gate';
  }

  /** Give or (with undefined) take back an answer; a gate question changes its grids with it. */
  set(key: string, value: Value | undefined): void {
    const field = this.model.fields.get(key);
    if (!field || this.closed(field) !== null || this.values[key] === value) return;
    const before = this.values[key];
    const changed = [key];
    this.put(key, value);
    for (const cells of this.gridsBehind(field)) changed.push(...this.follow(cells, before, value));
    this.tell(changed);
  }

  /** Take over answers from elsewhere (a merge with what the server holds). */
  replace(answers: Answers): void {
    const keys = new Set([...Object.keys(this.values), ...Object.keys(answers)]);
    this.values = { ...answers };
    this.tell([...keys]);
  }

  progress(section: Section): Progress {
    const counted = section.fields.filter((f) => f.spec.required !== false && this.opens(f.key, f.section));
    const blanks = counted.filter((f) => this.values[f.key] === undefined);
    return { done: counted.length - blanks.length, total: counted.length, blanks };
  }

  /** All blanks of the case, in the order of the form. */
  blanks(): Field[] {
    return this.model.sections.flatMap((s) => this.progress(s).blanks);
  }

  /**
   * Answer the next unanswered question that stands before scores with the answer that fills them (all visible and
   * normal). False where there is none, words where scores would be taken off.
   */
  allNormal(section: Section): { key: string } | string {
    const gates = section.blocks.flatMap((b) => (b.kind === 'item' && b.gates.length > 0 && this.closed(b.field) === null ? [b] : []));
    const next = gates.find((g) => this.values[g.field.key] === undefined) ?? gates.find((g) => this.values[g.field.key] === g.gates[0]?.gate?.when);
    if (!next) return gates.length > 0 ? 'All of it is answered already' : 'This form has no question that fills its scores';
    const value = next.field.choices.find((c) => c.value !== next.gates[0]?.gate?.when && this.model.missing[String(c.value)] === undefined)?.value;
    const scored = this.gridsBehind(next.field).flat().some((f) => this.values[f.key] !== undefined);
    if (scored) return `Scores are entered: answer “${next.block.ask}” itself if they are to be taken off`;
    if (value === undefined) return 'This form has no question that fills its scores';
    this.set(next.field.key, value);
    return { key: next.field.key };
  }

  private put(key: string, value: Value | undefined): void {
    if (value === undefined) delete this.values[key];
    else this.values[key] = value;
  }

  private gridsBehind(field: Field): Field[][] {
    const section = this.model.sections.find((s) => s.fields.includes(field));
    const blocks: DrawnBlock[] = section?.blocks ?? [];
    return blocks.flatMap((b) =>
      b.kind === 'grid' && b.cells[0]?.[0]?.grid?.gateKey === field.key ? [b.cells.flat()] : [],
    );
  }

  private follow(cells: Field[], before: Value | undefined, after: Value | undefined): string[] {
    const block = cells[0]?.grid?.block;
    if (!block) return [];
    const code = typeof after === 'string' && this.model.missing[after] !== undefined;
    const fill = after === undefined ? undefined : code ? after : (block.gate?.fill ?? block.repeat?.beyond);
    for (const cell of cells) {
      const { key, section } = cell;
      const was = isOpen(cell, before);
      const is = isOpen(cell, after);
      if (!this.opens(key, section) || (was && is)) continue;
      const own = this.values[key];
      if (was && own !== undefined) this.aside[key] = own;
      if (is) this.bringBack(key);
      else this.put(key, fill);
    }
    return cells.map((c) => c.key);
  }

  private bringBack(key: string): void {
    this.put(key, this.aside[key]);
    delete this.aside[key];
  }

  private tell(keys: string[]): void {
    for (const listener of this.listeners) listener(keys);
  }
}

/** Whether the answer before a grid asks for this cell: a gate that is open, or a row that was counted. */
function isOpen(field: Field, answer: Value | undefined): boolean {
  if (!field.grid || answer === undefined) return false;
  const { block, row } = field.grid;
  return block.repeat ? typeof answer === 'number' && row < answer : answer === block.gate?.when;
}
