import type { CaseDocument, HungLayout, HungPane, Linking, Series } from '../types';
import type { Cut } from './volume';

export interface Slot {
  row: number;
  column: number;
  series: Series | null;
  timepoint: string;
  plane: 'acquired' | Cut;
  /** The series that this one lies over in colour. */
  under: Series | null;
  /** The plan's preset that it starts with. */
  preset: string | null;
  inverted: boolean;
  /** What an empty pane says. */
  why: string;
}

export interface Layout {
  rows: number;
  columns: number;
  slots: Slot[];
}

const PLAIN = { plane: 'acquired', under: null, preset: null, inverted: false, why: 'Not part of this case' } as const;

/** Every series of the case with its time point, in order. */
export function allSeries(doc: Pick<CaseDocument, 'timepoints'>): { series: Series; timepoint: string }[] {
  return doc.timepoints.flatMap((t) => t.series.map((series) => ({ series, timepoint: t.label })));
}

/** Without a protocol of the plan: its rows and columns, or a square grid of all series where it has none. */
export function hang(doc: Pick<CaseDocument, 'timepoints' | 'layout'>): Layout {
  const known = new Map(allSeries(doc).map((s) => [s.series.id, s] as const));
  const rows = doc.layout.length > 0 ? doc.layout : square([...known.keys()]);
  const columns = Math.max(1, ...rows.map((r) => r.length));
  const slots = rows.flatMap((ids, row) =>
    Array.from({ length: columns }, (_, column) => {
      const found = known.get(ids[column] ?? '');
      return { row, column, series: found?.series ?? null, timepoint: found?.timepoint ?? '', ...PLAIN };
    }),
  );
  return { rows: Math.max(1, rows.length), columns, slots };
}

/** A layout of the plan, for the time point whose form is open. Time points that are not shown yet leave no gap. */
export function hangBy(doc: Pick<CaseDocument, 'timepoints'>, layout: HungLayout, scored: string): Layout {
  const labels = doc.timepoints.map((t) => t.label);
  const moving = new Set(['scored', 'prior']);
  const rows = layout.rows.map((row) => row.filter((p) => p === null || moving.has(p.at) || labels.includes(p.at)));
  const columns = Math.max(1, ...rows.map((r) => r.length));
  const slots = rows.flatMap((row, r) => Array.from({ length: columns }, (_, c) => ({ row: r, column: c, ...filled(doc, row[c] ?? null, labels, scored) })));
  return { rows: Math.max(1, rows.length), columns, slots };
}

function filled(doc: Pick<CaseDocument, 'timepoints'>, pane: HungPane | null, labels: string[], scored: string): Omit<Slot, 'row' | 'column'> {
  if (!pane) return { series: null, timepoint: '', ...PLAIN, why: '' };
  const now = Math.max(0, labels.indexOf(scored));
  const label = pane.at === 'scored' ? labels[now] : pane.at === 'prior' ? labels[now - 1] : pane.at;
  const timepoint = doc.timepoints.find((t) => t.label === label);
  const find = (role: string | null): Series | null => timepoint?.series.find((s) => s.role === role) ?? null;
  const series = find(pane.series);
  const why = timepoint ? PLAIN.why : 'There is no time point before this one';
  return { series, timepoint: label ?? '', plane: pane.plane, under: find(pane.under), preset: pane.preset, inverted: pane.inverted, why };
}

function square(ids: string[]): string[][] {
  const columns = Math.max(1, Math.ceil(Math.sqrt(ids.length)));
  return Array.from({ length: Math.ceil(ids.length / columns) }, (_, r) => ids.slice(r * columns, (r + 1) * columns));
}

/** The slot `step` places on, going round; empty slots are passed over. */
export function neighbour(layout: Layout, from: number, step: 1 | -1): number {
  const n = layout.slots.length;
  for (let i = 1; i <= n; i += 1) {
    const at = (from + step * i + n * i) % n;
    if (layout.slots[at]?.series) return at;
  }
  return from;
}

/** Slots that may scroll together, by the plan's rule; whether their planes are parallel the images say. */
export function linkedWith(layout: Layout, from: number, link: Linking = 'same series'): number[] {
  const own = layout.slots[from];
  if (!own?.series || link === 'off') return [];
  return layout.slots.flatMap((s, i) => {
    const same = s.series?.role === own.series?.role && s.plane === own.plane;
    return i !== from && s.series && (link === 'position' || same) ? [i] : [];
  });
}

/** The stack index after a step, held inside the stack (or going round, for cine). */
export function scrolled(index: number, delta: number, count: number, round = false): number {
  if (count <= 0) return 0;
  const next = index + delta;
  return round ? ((next % count) + count) % count : Math.min(count - 1, Math.max(0, next));
}
