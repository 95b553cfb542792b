// What leaves and what stays, as a table for each exam; and the receipt afterwards.
import { el } from '../room/ui/dom';
import { goes, leavingOf, reasons, type Exam, type Series } from './exams';
import { day, details, plural, size } from './page';
import type { Person } from './sort';
import type { LeftOut } from './sources';
import type { Receipt } from './server';

export const tag = (colour: string, word: string): HTMLElement => el('span', { class: `tag ${colour}`, text: word });

export function say(colour: string, first: string, rest = ''): HTMLElement {
  const lines = [el('p', { class: 'say__first', text: first }), rest ? el('p', { text: rest }) : null];
  return el('div', { class: `say say--${colour}` }, lines);
}

export function personBox(person: Person): HTMLElement {
  const born = /^\d{8}$/.test(person.born) ? day(`${person.born.slice(0, 4)}-${person.born.slice(4, 6)}-${person.born.slice(6)}`) : '';
  const told = [person.name, `number ${person.patient}`, born ? `born ${born}` : ''].filter(Boolean).join(', ');
  return el('p', { class: 'send__person' }, [
    'These files say they are of ',
    el('strong', { text: told }),
    '. You see this; it is not sent.',
  ]);
}

export function examBlock(exam: Exam, changed: () => void): HTMLElement {
  const { study, verdict } = exam;
  const state = verdict.state === 'fits' ? tag('green', 'fits the visit') : verdict.state === 'outside' ? tag('amber', 'outside the window') : tag('grey', 'stays here');
  const kinds = study.modalities.join(', ');
  return el('div', { class: 'send__exam' }, [
    el('h3', {}, [`Exam of ${day(study.acquired)}, ${kinds} `, state]),
    el('p', { text: verdict.words }),
    verdict.state === 'outside' && leavingOf(exam).length ? agree(exam, changed) : null,
    exam.series.length ? table(exam) : null,
  ]);
}

function agree(exam: Exam, changed: () => void): HTMLElement {
  const id = `agree-${exam.study.acquired}-${exam.study.files.length}`;
  const box = el('input', { class: 'nhsuk-checkboxes__input', attrs: { type: 'checkbox', id, checked: exam.agreed } });
  box.addEventListener('change', () => {
    exam.agreed = box.checked;
    changed();
  });
  const label = el('label', { class: 'nhsuk-label nhsuk-checkboxes__label', text: 'Send it anyway: it belongs to this visit', attrs: { for: id } });
  return el('div', { class: 'nhsuk-checkboxes nhsuk-checkboxes--small' }, [el('div', { class: 'nhsuk-checkboxes__item' }, [box, label])]);
}

function table(exam: Exam): HTMLElement {
  const heads = ['Series', 'As it leaves', 'Kind', 'Leave', 'Wait', 'Why, and what next'];
  const numeric = new Set(['Leave', 'Wait']);
  const head = el('thead', {}, [
    el('tr', {}, heads.map((h) => el('th', { text: h, class: numeric.has(h) ? 'n' : '', attrs: { scope: 'col' } }))),
  ]);
  const body = el('tbody', {}, exam.series.map(row));
  const made = el('table', { class: 'table table--cards' }, [head, body]);
  return el('div', { class: 'table-scroll', attrs: { tabindex: 0, role: 'region', 'aria-label': `Series of the exam of ${day(exam.study.acquired)}` } }, [made]);
}

function row(series: Series): HTMLElement {
  const cell = (label: string, content: (Node | string)[], numeric = false): HTMLElement =>
    el('td', { class: numeric ? 'n' : '', attrs: { 'data-label': label } }, content);
  const why: HTMLElement[] = reasons(series).flatMap(({ words, count, next }) => [
    el('p', { text: series.waiting.length > count ? `${plural(count, 'image')}: ${words}` : words }),
    ...(next ? [el('p', {}, [el('small', { text: next })])] : []),
  ]);
  const words = [...new Set(series.waiting.flatMap((w) => w.waits.words))];
  if (words.length) why.push(el('p', {}, [el('small', { text: `Words: ${words.join(', ')}. You see them; they are not sent.` })]));
  return el('tr', {}, [
    el('th', { text: series.number || '–', attrs: { scope: 'row' } }),
    cell('As it leaves', [series.description || (series.leaving.length ? 'no description' : '–')]),
    cell('Kind', [series.modality]),
    cell('Leave', [String(series.leaving.length || '')], true),
    cell('Wait', [String(series.waiting.length || '')], true),
    cell('Why, and what next', why),
  ]);
}

export function leftBox(left: readonly LeftOut[]): HTMLElement | null {
  if (!left.length) return null;
  const byWords = new Map<string, string[]>();
  for (const { path, words } of left) byWords.set(words, [...(byWords.get(words) ?? []), path]);
  const boxes = [...byWords].map(([words, paths]) => details(`${plural(paths.length, 'file')} left out: ${words}`, paths));
  return el('div', {}, boxes);
}

export function summary(exams: readonly Exam[]): HTMLElement {
  const those = exams.filter(goes).flatMap(leavingOf);
  const waiting = exams.flatMap((e) => e.series).reduce((n, s) => n + s.waiting.length, 0);
  const bytes = those.reduce((n, l) => n + l.made.size, 0);
  if (!those.length) return say('amber', 'Nothing can leave yet.', 'The reasons are below.');
  const rest = waiting ? `${plural(waiting, 'image')} cannot leave from here: the reasons are below.` : 'Nothing else is kept back.';
  return say(waiting ? 'amber' : 'green', `${plural(those.length, 'image')} can leave, ${size(bytes)}. Each was checked after de-identification.`, rest);
}

export function receiptBox(receipts: readonly Receipt[], transfers: string): HTMLElement {
  const lines = receipts.flatMap((r) => r.receipt.instances);
  const of = (state: string): number => lines.filter((l) => l.state === state).length;
  const refused = of('refused') + of('conflict');
  const told = [`${of('stored')} stored`, `${of('duplicate')} were there before`, refused ? `${refused} refused` : ''].filter(Boolean).join(', ');
  const head = refused
    ? say('red', 'The centre did not take every image.', 'Its receipt says why. Tell the trial team.')
    : say('green', 'Sent, and every image is accounted for.', 'The centre compared each with its hash. It judges the exam now.');
  const links = receipts.map((r) => el('li', {}, [el('a', { text: `Receipt of transfer ${r.pk}`, attrs: { href: `${transfers}/${r.pk}` } }), ` · manifest ${r.receipt.manifest.slice(0, 16)}…`]));
  return el('div', {}, [head, el('p', { text: `${plural(lines.length, 'image')}: ${told}.` }), el('ul', {}, links)]);
}
