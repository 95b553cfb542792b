import { BINDINGS, type Binding } from '../keys';
import { openDialog } from './dialog';
import { el, kbd } from './dom';

const SCORING: [string[], string][] = [
  [['↑', '↓', '←', '→'], 'move among the answers'],
  [['0', '–', '9'], 'score; a digit that may begin a longer number waits'],
  [['Enter'], 'accept a waiting digit'],
  [['.'], 'repeat the last score'],
  [['Del'], 'blank again'],
];

/** All keys on one page. */
export function openHelp(missing: [string, string][], presets: string[], layouts: string[]): void {
  const section = (group: Binding['group']): HTMLElement =>
    el('section', {}, [
      el('h3', { text: group }),
      el('dl', {}, [
        ...(group === 'Form' ? scoring(missing) : []),
        ...BINDINGS.filter((b) => b.group === group && b.does !== '').flatMap(lines),
      ]),
    ]);
  const study = el('section', {}, [
    el('h3', { text: 'Windows and layouts here' }),
    el('dl', {}, [
      ...presets.slice(0, 9).flatMap((name, i) => line([String(i + 1)], `window: ${name}`)),
      ...layouts.flatMap((name, i) => line([`Shift ${i + 1}`], `layout: ${name}`)),
    ]),
  ]);
  const columns = [[section('Form'), section('Case')], [section('Images')], [section('Measure'), study]];
  const close = el('button', { class: 'btn quiet', text: 'Close', attrs: { type: 'button' } });
  const dialog = openDialog('Keys', [el('div', { class: 'keys' }, columns.map((c) => el('div', {}, c))), close], 'help');
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
  return [el('dt', {}, keys.map((k) => (k === '–' ? k : kbd(k)))), el('dd', { text: does })];
}
