import type { CaseDocument, Series } from '../types';

export interface Slot {
  row: number;
  column: number;
  series: Series | null;
  timepoint: string;
}

export interface Layout {
  rows: number;
  columns: number;
  slots: Slot[];
}

/** Every series of the case with its time point, in order. */
export function allSeries(doc: Pick<CaseDocument, 'timepoints'>): { series: Series; timepoint: string }[] {
  return doc.timepoints.flatMap((t) => t.series.map((series) => ({ series, timepoint: t.label })));
}

/** The hanging: the plan's rows and columns, or a square grid of all series where it has none. */
export function hang(doc: Pick<CaseDocument, 'timepoints' | 'layout'>): Layout {
  const known = new Map(allSeries(doc).map((s) => [s.series.id, s] as const));
  const rows = doc.layout.length > 0 ? doc.layout : square([...known.keys()]);
  const columns = Math.max(1, ...rows.map((r) => r.length));
  const slots = rows.flatMap((ids, row) =>
    Array.from({ length: columns }, (_, column) => {
      const found = known.get(ids[column] ?? '');
      return { row, column, series: found?.series ?? null, timepoint: found?.timepoint ?? '' };
    }),
  );
  return { rows: Math.max(1, rows.length), columns, slots };
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

/** Slots that scroll together: the same series role at other time points. */
export function linkedWith(layout: Layout, from: number): number[] {
  const role = layout.slots[from]?.series?.role;
  if (role === undefined) return [];
  return layout.slots.flatMap((s, i) => (i !== from && s.series?.role === role ? [i] : []));
}

/** The stack index after a step, held inside the stack (or going round, for cine). */
export function scrolled(index: number, delta: number, count: number, round = false): number {
  if (count <= 0) return 0;
  const next = index + delta;
  return round ? ((next % count) + count) % count : Math.min(count - 1, Math.max(0, next));
}
