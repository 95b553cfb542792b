import type { Field, Section } from './model';

/** The stops of a section for the arrow keys: a question is a row of one, a grid row its cells. */
export function stops(section: Section): Field[][] {
  return section.blocks.flatMap((b) => (b.kind === 'item' ? [[b.field]] : b.cells));
}

function find(rows: Field[][], key: string): [number, number] {
  const row = rows.findIndex((r) => r.some((f) => f.key === key));
  const column = row < 0 ? 0 : (rows[row]?.findIndex((f) => f.key === key) ?? 0);
  return [row, column];
}

/** The field that an arrow leads to, or null at the edge of the form. */
export function step(section: Section, key: string, rows: number, columns: number): Field | null {
  const all = stops(section);
  const [row, column] = find(all, key);
  if (row < 0) return all[0]?.[0] ?? null;
  const target = all[row + rows];
  if (!target) return null;
  const wanted = column + columns;
  if (columns !== 0) return target[wanted] ?? null;
  return target[Math.min(wanted, target.length - 1)] ?? null;
}

/**
 * Where the keyboard goes after a score: down the column of a grid, then to the head of its next
 * column, then to the first cell of what follows; null at the end of the section.
 */
export function following(section: Section, field: Field): Field | null {
  const { grid } = field;
  if (grid) {
    const block = section.blocks.find((b) => b.kind === 'grid' && b.block === grid.block);
    const cells = block?.kind === 'grid' ? block.cells : [];
    const below = cells[grid.row + 1]?.[grid.column] ?? cells[0]?.[grid.column + 1];
    if (below) return below;
  }
  const last = section.blocks.findIndex((b) =>
    b.kind === 'item' ? b.field === field : b.cells.flat().includes(field),
  );
  const next = section.blocks[last + 1];
  if (!next) return null;
  return next.kind === 'item' ? next.field : (next.cells[0]?.[0] ?? null);
}
