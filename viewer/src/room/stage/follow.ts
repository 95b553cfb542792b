import { depth, middle, nearest, normal, parallel, type Sheet, type Vector, dot } from './geometry';

/** What linked scrolling needs to know of a pane. */
export interface Scrolled {
  index: number;
  stack: { ids: string[] };
  sheet: Sheet | null;
  depthsOf(): readonly (number | null)[];
}

/** The depths of two panes when they were linked: what two frames of reference have in common. */
export type Anchors = Map<Scrolled, number>;

const samePatient = (a: Sheet, b: Sheet): boolean => a.frameOfReference !== null && a.frameOfReference === b.frameOfReference;

/** May these panes scroll together? Those that do not say where they lie may, by the number of the image. */
export const together = (a: Scrolled, b: Scrolled): boolean => !a.sheet || !b.sheet || parallel(a.sheet, b.sheet) !== 0;

/**
 * The image of `other` that belongs to the one that `active` shows, `moved` images after the one before.
 *
 * In one frame of reference it is the one at the same place in the patient. In two (another visit) both move by the
 * same number of millimetres from where they were linked. Images that do not say where they lie move by their number.
 */
export function matching(active: Scrolled, other: Scrolled, moved: number, anchors: Anchors): number {
  const last = other.stack.ids.length - 1;
  const byNumber = Math.min(last, Math.max(0, other.index + moved));
  const [a, b] = [active.sheet, other.sheet];
  if (!a || !b) return byNumber;
  const way = parallel(a, b);
  if (way === 0) return other.index;
  if (samePatient(a, b)) return nearest(other.depthsOf(), depth(middle(a), b)) ?? byNumber;
  const [from, to] = [anchors.get(active), anchors.get(other)];
  if (from === undefined || to === undefined) return byNumber;
  return nearest(other.depthsOf(), to + way * (depth(a.position, a) - from)) ?? byNumber;
}

/** Where panes stand now, to count from. */
export function anchored(panes: Scrolled[]): Anchors {
  return new Map(panes.flatMap((p) => (p.sheet ? [[p, depth(p.sheet.position, p.sheet)] as const] : [])));
}

/** The image of a pane that a point lies on, or null where it is of another frame of reference or beyond the stack. */
export function through(pane: Scrolled, point: Vector, frame: string | null): number | null {
  const { sheet } = pane;
  if (!sheet || frame === null || sheet.frameOfReference !== frame) return null;
  return nearest(pane.depthsOf(), dot(point, normal(sheet)));
}

/** Millimetres between two images of a pane. */
export function apart(pane: Scrolled): number {
  const known = pane.depthsOf().flatMap((d, i) => (d === null ? [] : [[i, d] as const]));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || first[0] === last[0]) return 1;
  return Math.abs((last[1] - first[1]) / (last[0] - first[0]));
}
