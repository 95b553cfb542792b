import { BINDINGS, type Binding } from '../keys';
import { openDialog } from './dialog';
import { el, kbd } from './dom';

const SCORING: [string[], string][] = [
  [['↑', '↓', '←', '→'], 'move among the answers'],
  [['0', '9'], 'score; where a longer number is possible the first digit waits'],
  [['Enter'], 'accept a waiting digit'],
  [['.'], 'repeat the last score'],
  [['Del'], 'blank again'],
];

/** All keys on one page. */
export function openHelp(missing: [string, string][]): void {
  const groups = (['Form', 'Images', 'Measure', 'Case'] as const).map((group) =>
    el('section', {}, [
      el('h3', { text: group }),
      el('dl', {}, [
        ...(group === 'Form' ? scoring(missing) : []),
        ...BINDINGS.filter((b) => b.group === group && b.does !== '').flatMap(lines),
      ]),
    ]),
  );
  const close = el('button', { class: 'btn quiet', text: 'Close', attrs: { type: 'button' } });
  const dialog = openDialog('Keys', [el('div', { class: 'keys' }, groups), close], 'help');
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('keydown', (e) => {
    if (e.key === '?') dialog.close();
  });
}

const lines = (b: Binding): HTMLElement[] => line(b.shown, b.does);

function scoring(missing: [string, string][]): HTMLElement[] {
  const codes = missing.flatMap(([key, label]) => line([key.toUpperCase()], label.toLowerCase()));
  return [...SCORING.flatMap(([keys, does]) => line(keys, does)), ...codes];
}

function line(keys: string[], does: string): HTMLElement[] {
  return [el('dt', {}, keys.map(kbd)), el('dd', { text: does })];
}
