export interface Turn {
  rotation: number;
  flipHorizontal: boolean;
  flipVertical: boolean;
}

export interface Edges {
  left: string;
  right: string;
  top: string;
  bottom: string;
}

type Vector = [number, number, number];

const NAMES: [string, string][] = [
  ['L', 'R'], // DICOM PS3.3 C.7.6.2.1.1: x grows to the left, y to the back, z to the head
  ['P', 'A'],
  ['H', 'F'],
];

/** The letters of a direction, the largest part first: `A`, `AH`. Parts under a quarter are left out. */
export function letters(direction: readonly number[]): string {
  return [0, 1, 2]
    .map((axis) => ({ axis, part: direction[axis] ?? 0 }))
    .filter(({ part }) => Math.abs(part) > 0.25)
    .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
    .map(({ axis, part }) => NAMES[axis]?.[part > 0 ? 0 : 1] ?? '')
    .join('');
}

const scale = (v: Vector, by: number): Vector => [v[0] * by, v[1] * by, v[2] * by];

/**
 * The letters at the four edges of an image with these row and column cosines, after it has been
 * flipped on the screen and turned clockwise by a multiple of 90 degrees.
 */
export function edges(row: Vector, column: Vector, turn: Turn): Edges {
  let right = turn.flipHorizontal ? scale(row, -1) : row;
  let down = turn.flipVertical ? scale(column, -1) : column;
  const quarters = ((Math.round(turn.rotation / 90) % 4) + 4) % 4;
  for (let i = 0; i < quarters; i += 1) [right, down] = [scale(down, -1), right];
  return {
    right: letters(right),
    left: letters(scale(right, -1)),
    bottom: letters(down),
    top: letters(scale(down, -1)),
  };
}
