import { describe, expect, it } from 'vitest';

import { within } from '../src/theme/matrix';

describe('walking the matrix by keyboard', () => {
  it.each([
    [0, 5, 0],
    [4, 5, 4],
    [5, 5, 4],
    [-1, 5, 0],
  ])('index %i of %i cells stays inside the row: %i', (index, length, expected) => {
    expect(within(index, length)).toBe(expected);
  });
});
