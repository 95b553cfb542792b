/** Planes and points in the patient, in millimetres (DICOM PS3.3 C.7.6.2.1.1). */

export type Vector = [number, number, number];

export interface Plane {
  row: Vector;
  column: Vector;
  /** The centre of the first pixel. */
  position: Vector;
  frameOfReference: string | null;
}

/** A plane with the pixels that lie on it. */
export interface Sheet extends Plane {
  /** Millimetres between columns and between rows. */
  spacing: readonly [number, number];
  columns: number;
  rows: number;
}

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export const along = (from: Vector, direction: Vector, by: number): Vector => [
  from[0] + direction[0] * by,
  from[1] + direction[1] * by,
  from[2] + direction[2] * by,
];

const minus = (a: Vector, b: Vector): Vector => along(a, b, -1);

export const times = (v: Vector, by: number): Vector => [v[0] * by, v[1] * by, v[2] * by];

export const distance = (a: Vector, b: Vector): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

export const normal = ({ row, column }: Plane): Vector => [
  row[1] * column[2] - row[2] * column[1],
  row[2] * column[0] - row[0] * column[2],
  row[0] * column[1] - row[1] * column[0],
];

/** Two planes are scrolled together when they lean by less than this against each other: 25 degrees. */
const PARALLEL = Math.cos((25 * Math.PI) / 180);

/** 1 or -1 where planes are about parallel (and -1 where one is seen from behind), else 0. */
export function parallel(a: Plane, b: Plane): 1 | -1 | 0 {
  const leaning = dot(normal(a), normal(b));
  if (Math.abs(leaning) < PARALLEL) return 0;
  return leaning > 0 ? 1 : -1;
}

/** Where a point lies along the normal of a plane, in mm from the origin of the patient. */
export const depth = (point: Vector, plane: Plane): number => dot(point, normal(plane));

/** The point in the patient of [x, y] in image pixels, (0, 0) the outer corner of the first pixel. */
export function pointOn(sheet: Sheet, [x, y]: readonly [number, number]): Vector {
  return along(along(sheet.position, sheet.row, (x - 0.5) * sheet.spacing[0]), sheet.column, (y - 0.5) * sheet.spacing[1]);
}

/** The reverse of pointOn for a point on (or projected to) the sheet. */
export function pixelOf(sheet: Sheet, point: Vector): [number, number] {
  const away = minus(point, sheet.position);
  return [dot(away, sheet.row) / sheet.spacing[0] + 0.5, dot(away, sheet.column) / sheet.spacing[1] + 0.5];
}

export const middle = (sheet: Sheet): Vector => pointOn(sheet, [sheet.columns / 2, sheet.rows / 2]);

/** The nearest of some depths; those that are not known yet are guessed from those that are. */
export function nearest(depths: readonly (number | null)[], wanted: number): number | null {
  const known = depths.flatMap((d, i) => (d === null ? [] : [{ d, i }]));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return null;
  const step = last.i > first.i ? (last.d - first.d) / (last.i - first.i) : null;
  let best: number | null = null;
  let least = Infinity;
  for (let i = 0; i < depths.length; i += 1) {
    const at = depths[i] ?? (step === null ? null : first.d + (i - first.i) * step);
    if (at === null) continue;
    const away = Math.abs(at - wanted);
    if (away < least) [best, least] = [i, away];
  }
  return best;
}

/** The two ends of the line in which a sheet is cut by a plane, or null where it is not. */
export function cut(sheet: Sheet, plane: Plane): [Vector, Vector] | null {
  const n = normal(plane);
  const at = depth(plane.position, plane);
  const corners = ([[0, 0], [sheet.columns, 0], [sheet.columns, sheet.rows], [0, sheet.rows]] as const).map((c) => pointOn(sheet, c));
  const ends: Vector[] = [];
  corners.forEach((from, i) => {
    const to = corners[(i + 1) % 4] as Vector;
    const [a, b] = [dot(from, n) - at, dot(to, n) - at];
    if (a * b < 0) ends.push(along(from, minus(to, from), a / (a - b)));
  });
  const [one, two] = ends;
  return one && two ? [one, two] : null;
}
