import { el, setAttribute } from '../ui/dom';
import { drawCell, drawItem, options, type Drawn, type DrawParts } from './cells';
import { wording, type DrawnBlock, type Field, type Section } from './model';
import type { GridBlock, Value } from '../types';

/** The widest range whose values stand side by side in a row of the grid. */
const SEGMENTS = 5;

/** The form for one time point on the screen. */
export class SectionView {
  readonly element: HTMLElement;
  private readonly drawn = new Map<string, Drawn>();
  private readonly grids: HTMLElement[] = [];

  constructor(
    readonly section: Section,
    private readonly parts: DrawParts,
    id: string,
  ) {
    this.element = el('div', { class: 'section', attrs: { id } }, section.blocks.map((b) => this.block(b)));
    for (const d of this.drawn.values()) d.update();
    this.rove();
  }

  private block(block: DrawnBlock): HTMLElement {
    return block.kind === 'item' ? this.item(block) : this.grid(block);
  }

  private item({ block, field, gates }: DrawnBlock & { kind: 'item' }): HTMLElement {
    const hint = (value: Value): string => this.fillHint(gates, value);
    const drawn = drawItem(field, hint, this.parts);
    this.drawn.set(field.key, drawn);
    const readers = (this.parts.adjudication?.reads ?? []).map((r) => `${r.label}: ${this.said(field, r.answers[field.key])}`);
    return el('div', { class: 'item' }, [
      el('div', { class: 'ask' }, [block.ask, block.help ? el('small', { text: block.help }) : null]),
      drawn.element,
      readers.length > 0 ? el('small', { class: 'readers', text: readers.join(' · ') }) : null,
      this.error(field),
    ]);
  }

  private said(field: Field, value: Value | undefined): string {
    return value === undefined ? 'blank' : wording(field, value, this.parts.state.model.missing);
  }

  /** What a gate's answer does to its grids: `, all 0`. */
  private fillHint(gates: GridBlock[], value: Value): string {
    const gate = gates[0]?.gate;
    if (!gate || value === gate.when || this.parts.state.model.missing[String(value)] !== undefined) return '';
    return `, all ${gate.fill}`;
  }

  private grid({ block, cells }: DrawnBlock & { kind: 'grid' }): HTMLElement {
    const first = cells[0]?.[0];
    const count = first ? options(first).length : 0;
    const segments = block.columns.length === 1 && count > 0 && count <= SEGMENTS;
    const rows = block.rows.map((row, r) =>
      el('tr', { attrs: { role: 'row' } }, [
        el('th', { text: row.label, attrs: { scope: 'row', role: 'rowheader' } }),
        ...(cells[r] ?? []).map((field) => this.cell(field, segments)),
      ]),
    );
    const table = el('table', { class: `grid ${segments ? 'segmented' : ''} ${this.parts.adjudication ? 'adjudicated' : ''}`, attrs: { role: 'grid', 'aria-label': block.title ?? block.columns.map((c) => c.label).join(', ') } }, [
      el('thead', {}, [el('tr', { attrs: { role: 'row' } }, [el('td', { text: block.title ?? '' }), ...block.columns.map((c) => this.columnHead(c))])]),
      el('tbody', {}, rows),
    ]);
    this.grids.push(table);
    return table;
  }

  private columnHead(column: GridBlock['columns'][number]): HTMLElement {
    const { min, max } = column;
    const readers = (this.parts.adjudication?.reads ?? []).map((r) => initials(r.label)).join('  ');
    return el('th', { attrs: { scope: 'col', role: 'columnheader' } }, [
      column.label,
      min !== undefined && max !== undefined ? el('small', { text: ` ${min}–${max}` }) : null,
      readers ? el('small', { class: 'legend', text: readers, attrs: { 'aria-hidden': true } }) : null,
    ]);
  }

  private cell(field: Field, segments: boolean): HTMLElement {
    const drawn = drawCell(field, this.parts, segments);
    this.drawn.set(field.key, drawn);
    return drawn.element;
  }

  private error(field: Field): HTMLElement {
    return el('div', { class: 'error', attrs: { id: errorId(field.key), hidden: true } });
  }

  has(key: string): boolean {
    return this.drawn.has(key);
  }

  focus(key: string): void {
    const drawn = this.drawn.get(key);
    if (!drawn) return;
    this.rove(key);
    drawn.focus();
    drawn.element.scrollIntoView({ block: 'nearest' });
  }

  /** Each grid is one stop for Tab: the cell last used, or its first. */
  private rove(key?: string): void {
    for (const grid of this.grids) {
      const cells = [...grid.querySelectorAll<HTMLElement>('td.cell')];
      const chosen = cells.find((c) => c.dataset['key'] === key);
      if (!chosen && cells.some((c) => c.tabIndex === 0)) continue;
      for (const c of cells) c.tabIndex = c === (chosen ?? cells[0]) ? 0 : -1;
    }
  }

  /** Mark the field that the keyboard is in. */
  here(key: string): void {
    this.rove(key);
    for (const row of this.element.querySelectorAll('tr.here')) row.classList.remove('here');
    this.drawn.get(key)?.element.closest('tr')?.classList.add('here');
  }

  update(keys: Iterable<string>): void {
    for (const key of keys) this.drawn.get(key)?.update();
  }

  /** Show what is wrong at the field itself, or (with null) that nothing is. */
  fault(key: string, message: string | null): void {
    const drawn = this.drawn.get(key);
    if (!drawn) return;
    setAttribute(drawn.element, 'aria-invalid', message !== null ? 'true' : null);
    drawn.element.title = message ?? '';
    const place = this.element.querySelector(`#${CSS.escape(errorId(key))}`);
    if (!place) return;
    place.textContent = message ?? '';
    place.toggleAttribute('hidden', message === null);
    setAttribute(drawn.element, 'aria-describedby', message === null ? null : errorId(key));
  }
}

/** `Reader 1` to `R1`. */
const initials = (label: string): string => label.split(/\s+/).map((w) => w.charAt(0).toUpperCase()).join('');

const errorId = (key: string): string => `error-${key}`;
