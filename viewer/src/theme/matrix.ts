// The matrix by keyboard: one stop of the Tab key, arrows between cells, the story of a cell in one line below.

type Step = readonly [rows: number, cells: number];

const STEPS: Readonly<Record<string, Step>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The index after a step, kept inside the row. */
export function within(index: number, length: number): number {
  return Math.max(0, Math.min(length - 1, index));
}

function rowsOf(table: HTMLTableElement): HTMLElement[][] {
  return [...(table.tBodies[0]?.rows ?? [])].map((row) => [...row.querySelectorAll<HTMLElement>('a.cell')]);
}

function focus(cell: HTMLElement, from?: HTMLElement): void {
  if (from) from.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
}

/** Make every matrix of the page answer to the arrow keys. */
export function matrixKeys(root: Document): void {
  for (const table of root.querySelectorAll<HTMLTableElement>('table.matrix')) {
    const rows = rowsOf(table);
    const story = root.getElementById(table.dataset.story ?? '');
    rows.flat().forEach((cell, index) => (cell.tabIndex = index === 0 ? 0 : -1));
    const tell = (event: Event): void => {
      const cell = (event.target as HTMLElement).closest<HTMLElement>('a.cell');
      if (cell && story) story.textContent = cell.title;
    };
    table.addEventListener('mouseover', tell);
    table.addEventListener('focusin', tell);
    table.addEventListener('keydown', (event) => {
      const step = STEPS[event.key];
      const cell = (event.target as HTMLElement).closest<HTMLElement>('a.cell');
      if (!step || !cell) return;
      const row = rows.findIndex((cells) => cells.includes(cell));
      const target = rows[within(row + step[0], rows.length)] ?? [];
      const next = target[within((rows[row]?.indexOf(cell) ?? 0) + step[1], target.length)];
      if (next) focus(next, cell);
      event.preventDefault();
    });
  }
}
