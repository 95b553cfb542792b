import type { FormModel } from '../form/model';
import { wording } from '../form/model';
import { resolve, type Clash, type Merged } from '../save/merge';
import type { Draft, Value } from '../types';
import { openDialog } from './dialog';
import { el } from './dom';

/** Two states of one case differ: show both and ask, answer by answer. */
export function askClashes(merged: Merged, model: FormModel): Promise<Draft> {
  const choices = new Map<string, () => boolean>();
  const rows = merged.clashes.map((clash) => row(clash, model, choices));
  const keep = el('button', { class: 'btn', text: 'Keep these', attrs: { type: 'button' } });
  const dialog = openDialog('This case was changed somewhere else too', [
    el('p', { text: 'Another window or computer saved other answers after this one was opened. Everything else is already joined; choose which of these stands.' }),
    el('table', { class: 'clash' }, [
      el('thead', {}, [el('tr', {}, ['Answer', 'Here', 'Saved elsewhere'].map((t) => el('th', { text: t, attrs: { scope: 'col' } })))]),
      el('tbody', {}, rows),
    ]),
    keep,
  ]);
  dialog.addEventListener('cancel', (e) => e.preventDefault());
  return new Promise((done) => {
    keep.addEventListener('click', () => {
      dialog.close();
      done(resolve(merged, (clash) => choices.get(clash.key)?.() ?? true));
    });
  });
}

function row(clash: Clash, model: FormModel, choices: Map<string, () => boolean>): HTMLElement {
  const field = model.fields.get(clash.key);
  const words = (value: Value | undefined): string =>
    value === undefined ? 'blank' : field ? wording(field, value, model.missing) : String(value);
  const label = field ? (model.sections.length > 1 ? `${field.section}: ${field.label}` : field.label) : clash.key;
  const radio = (checked: boolean, text: string): [HTMLElement, HTMLInputElement] => {
    const input = el('input', { attrs: { type: 'radio', name: `clash-${clash.key}`, checked } });
    return [el('label', {}, [input, ` ${text}`]), input];
  };
  const [mine, mineInput] = radio(true, words(clash.mine));
  const [theirs] = radio(false, words(clash.theirs));
  choices.set(clash.key, () => mineInput.checked);
  return el('tr', {}, [el('th', { text: label, attrs: { scope: 'row' } }), el('td', {}, [mine]), el('td', {}, [theirs])]);
}
