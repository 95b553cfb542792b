/** Where the pixels of an image lie in the patient. */
export interface Grid {
  origin: readonly number[];
  /** Direction along a row of pixels (x) and along a column (y). */
  row: readonly number[];
  column: readonly number[];
  /** Millimetres between columns (x) and between rows (y). */
  spacing: readonly [number, number];
  /** What to add so that (0, 0) is the outer corner of the first pixel, as in DICOM SCOORD. */
  shift: number;
  /** False where the file gives no spacing and 1 is assumed. */
  known: boolean;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  (a[0] ?? 0) * (b[0] ?? 0) + (a[1] ?? 0) * (b[1] ?? 0) + (a[2] ?? 0) * (b[2] ?? 0);

const tidy = (n: number): number => Math.round(n * 1000) / 1000;

/** A point in the patient as [x, y] in image pixels, to a thousandth. */
export function worldToPixel(world: readonly number[], grid: Grid): [number, number] {
  const away = [0, 1, 2].map((i) => (world[i] ?? 0) - (grid.origin[i] ?? 0));
  return [
    tidy(dot(away, grid.row) / grid.spacing[0] + grid.shift),
    tidy(dot(away, grid.column) / grid.spacing[1] + grid.shift),
  ];
}

/** The reverse of worldToPixel. */
export function pixelToWorld(pixel: readonly [number, number], grid: Grid): [number, number, number] {
  const x = (pixel[0] - grid.shift) * grid.spacing[0];
  const y = (pixel[1] - grid.shift) * grid.spacing[1];
  const at = (i: number): number => (grid.origin[i] ?? 0) + x * (grid.row[i] ?? 0) + y * (grid.column[i] ?? 0);
  return [at(0), at(1), at(2)];
}

export function cross(a: readonly number[], b: readonly number[]): [number, number, number] {
  const [ax = 0, ay = 0, az = 0] = a;
  const [bx = 0, by = 0, bz = 0] = b;
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}

export const scale = (v: readonly number[], by: number): [number, number, number] => [
  (v[0] ?? 0) * by,
  (v[1] ?? 0) * by,
  (v[2] ?? 0) * by,
];
