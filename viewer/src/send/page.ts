// The page's own elements by their ids, and the two ways of telling a person something: the problem on top, progress.
import { el } from '../room/ui/dom';

export function get<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found as T;
}

export const input = (id: string): HTMLInputElement => get<HTMLInputElement>(id);

export function show(id: string, shown = true): void {
  get(id).hidden = !shown;
}

/** Tell on top of the page what is wrong; the focus goes there. */
export function problem(title: string, words: string, field = ''): void {
  get('problem-title').textContent = title;
  const told = field ? el('a', { text: words, attrs: { href: `#${field}` } }) : document.createTextNode(words);
  get('problem-words').replaceChildren(el('p', {}, [told]));
  show('problem');
  get('problem').focus();
}

export function noProblem(): void {
  show('problem', false);
}

export function progress(words: string, share: number | null): void {
  show('progress', share !== null);
  if (get('progress-words').textContent !== words) get('progress-words').textContent = words;
  const bar = get<HTMLProgressElement>('progress-bar');
  if (share !== null) bar.value = share;
}

/** A long list behind a summary, the first hundred of it. */
export function details(summary: string, lines: readonly string[]): HTMLElement {
  const shown = lines.slice(0, 100).map((line) => el('li', { text: line }));
  if (lines.length > 100) shown.push(el('li', { text: `and ${lines.length - 100} more` }));
  return el('details', { class: 'send__details' }, [el('summary', { text: summary }), el('ul', {}, shown)]);
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

export function day(iso: string): string {
  if (!iso) return 'no date';
  return new Date(`${iso}T00:00:00Z`).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
}

export function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
