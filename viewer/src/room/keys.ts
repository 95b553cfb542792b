import type { Tool } from './stage/tools';

/** What keys can ask of the room. */
export interface Commands {
  scroll(by: number): void;
  end(which: 'first' | 'last'): void;
  neighbour(direction: 1 | -1): void;
  preset(number: number): void;
  tool(tool: Tool): void;
  act(what: 'invert' | 'rotate' | 'flip' | 'flip vertical' | 'fit' | 'reset' | 'closer' | 'further'): void;
  link(): void;
  cine(): void;
  magnify(): void;
  nextSeries(): void;
  removeMeasurement(): void;
  useMeasurement(): void;
  nextTimepoint(): void;
  between(): void;
  collapse(): void;
  sign(): void;
  help(): void;
}

export interface Binding {
  /** As `pattern` gives them: `m`, `shift+h`, `ctrl+Enter`, `PageUp`. */
  keys: string[];
  shown: string[];
  does: string;
  group: 'Images' | 'Measure' | 'Form' | 'Case';
  /** `images`: only while the keyboard is in the images; in the form these keys score. */
  where: 'anywhere' | 'images';
  run(c: Commands): void;
}

const digit = (event: KeyboardEvent): string => (/^Digit[0-9]$/.test(event.code) ? event.code.slice(5) : event.key);

/** The name of a key press: letters small, with ctrl and alt, and shift where it makes a difference. */
export function pattern(event: KeyboardEvent): string {
  const named = event.altKey ? digit(event) : event.key;
  const key = named.length === 1 ? named.toLowerCase() : named;
  const ctrl = event.ctrlKey || event.metaKey ? 'ctrl+' : '';
  const alt = event.altKey ? 'alt+' : '';
  const shift = event.shiftKey && (/^[a-z]$/.test(key) || key.length > 1) ? 'shift+' : '';
  return `${ctrl}${alt}${shift}${key}`;
}

const presets: Binding[] = [1, 2, 3, 4, 5].map((n) => ({
  keys: [String(n)],
  shown: n === 1 ? ['1', '–', '5'] : [],
  does: n === 1 ? 'window presets; from the form with Alt' : '',
  group: 'Images',
  where: 'images',
  run: (c) => c.preset(n),
}));

const fromForm: Binding[] = [1, 2, 3, 4, 5].map((n) => ({
  keys: [`alt+${n}`], shown: [], does: '', group: 'Images', where: 'anywhere', run: (c) => c.preset(n),
}));

/** Every key of the room, in the order of the help page; the form's own scoring keys come before them. */
export const BINDINGS: Binding[] = [
  { keys: ['PageDown', 'PageUp'], shown: ['Page ↑', 'Page ↓'], does: 'previous, next image, from anywhere', group: 'Images', where: 'anywhere', run: () => undefined },
  { keys: ['ArrowDown', 'ArrowRight'], shown: ['↑', '↓'], does: 'previous, next image', group: 'Images', where: 'images', run: (c) => c.scroll(1) },
  { keys: ['ArrowUp', 'ArrowLeft'], shown: [], does: '', group: 'Images', where: 'images', run: (c) => c.scroll(-1) },
  { keys: ['shift+PageDown'], shown: ['Shift Page'], does: 'ten images on', group: 'Images', where: 'anywhere', run: (c) => c.scroll(10) },
  { keys: ['shift+PageUp'], shown: [], does: '', group: 'Images', where: 'anywhere', run: (c) => c.scroll(-10) },
  { keys: ['Home'], shown: ['Home', 'End'], does: 'first, last image', group: 'Images', where: 'images', run: (c) => c.end('first') },
  { keys: ['End'], shown: [], does: '', group: 'Images', where: 'images', run: (c) => c.end('last') },
  ...presets,
  ...fromForm,
  { keys: ['w'], shown: ['W'], does: 'window and level by drag', group: 'Images', where: 'anywhere', run: (c) => c.tool('window') },
  { keys: ['l'], shown: ['L'], does: 'link or unlink scrolling', group: 'Images', where: 'anywhere', run: (c) => c.link() },
  { keys: ['z'], shown: ['Z'], does: 'zoom by drag (or right button)', group: 'Images', where: 'anywhere', run: (c) => c.tool('zoom') },
  { keys: ['p'], shown: ['P'], does: 'pan by drag (or middle button)', group: 'Images', where: 'anywhere', run: (c) => c.tool('pan') },
  { keys: ['+', '='], shown: ['+', '−'], does: 'closer, further', group: 'Images', where: 'images', run: (c) => c.act('closer') },
  { keys: ['-'], shown: [], does: '', group: 'Images', where: 'images', run: (c) => c.act('further') },
  { keys: ['0'], shown: ['0'], does: 'fit to the pane', group: 'Images', where: 'images', run: (c) => c.act('fit') },
  { keys: ['i'], shown: ['I'], does: 'invert', group: 'Images', where: 'anywhere', run: (c) => c.act('invert') },
  { keys: ['o'], shown: ['O'], does: 'turn by 90°', group: 'Images', where: 'anywhere', run: (c) => c.act('rotate') },
  { keys: ['h'], shown: ['H', 'Shift H'], does: 'flip left and right, up and down', group: 'Images', where: 'anywhere', run: (c) => c.act('flip') },
  { keys: ['shift+h'], shown: [], does: '', group: 'Images', where: 'anywhere', run: (c) => c.act('flip vertical') },
  { keys: ['r'], shown: ['R'], does: 'reset window, size and turn', group: 'Images', where: 'anywhere', run: (c) => c.act('reset') },
  { keys: ['f'], shown: ['F', 'Enter'], does: 'one pane large, and back', group: 'Images', where: 'anywhere', run: (c) => c.magnify() },
  { keys: ['Enter'], shown: [], does: '', group: 'Images', where: 'images', run: (c) => c.magnify() },
  { keys: [' '], shown: ['Space'], does: 'play or stop a clip', group: 'Images', where: 'anywhere', run: (c) => c.cine() },
  { keys: ['['], shown: ['[', ']'], does: 'previous, next pane', group: 'Images', where: 'images', run: (c) => c.neighbour(-1) },
  { keys: [']'], shown: [], does: '', group: 'Images', where: 'images', run: (c) => c.neighbour(1) },
  { keys: ['s'], shown: ['S'], does: 'another series in this pane', group: 'Images', where: 'anywhere', run: (c) => c.nextSeries() },
  { keys: ['m'], shown: ['M'], does: 'length', group: 'Measure', where: 'anywhere', run: (c) => c.tool('length') },
  { keys: ['a'], shown: ['A'], does: 'angle', group: 'Measure', where: 'anywhere', run: (c) => c.tool('angle') },
  { keys: ['e'], shown: ['E'], does: 'ellipse: mean, SD, min, max, area', group: 'Measure', where: 'anywhere', run: (c) => c.tool('ellipse') },
  { keys: ['b'], shown: ['B'], does: 'box: mean, SD, min, max, area', group: 'Measure', where: 'anywhere', run: (c) => c.tool('rectangle') },
  { keys: ['u'], shown: ['U'], does: 'use the last measurement in this field', group: 'Measure', where: 'anywhere', run: (c) => c.useMeasurement() },
  { keys: ['Delete', 'Backspace'], shown: ['Del'], does: 'remove the selected or last measurement', group: 'Measure', where: 'images', run: (c) => c.removeMeasurement() },
  { keys: ['t'], shown: ['T'], does: 'the same field at the next time point', group: 'Form', where: 'anywhere', run: (c) => c.nextTimepoint() },
  { keys: ['Escape'], shown: ['Esc'], does: 'between form and images', group: 'Case', where: 'anywhere', run: (c) => c.between() },
  { keys: ['c'], shown: ['C'], does: 'fold the form away, and back', group: 'Case', where: 'anywhere', run: (c) => c.collapse() },
  { keys: ['ctrl+Enter'], shown: ['Ctrl ↵'], does: 'sign and next case', group: 'Case', where: 'anywhere', run: (c) => c.sign() },
  { keys: ['?', 'shift+?'], shown: ['?'], does: 'these keys', group: 'Case', where: 'anywhere', run: (c) => c.help() },
];

/** The two page keys share a line of help but not what they do. */
const PAGES: Record<string, number> = { PageDown: 1, PageUp: -1 };

/** Run what a key press means here; true when it meant something. */
export function dispatch(event: KeyboardEvent, place: 'form' | 'images' | 'typing', commands: Commands): boolean {
  const name = pattern(event);
  if (place === 'typing' && name !== 'Escape' && name !== 'ctrl+Enter') return false;
  const page = PAGES[name];
  if (page !== undefined) {
    commands.scroll(page);
    return true;
  }
  const binding = BINDINGS.find((b) => b.keys.includes(name) && (b.where === 'anywhere' || place === 'images'));
  binding?.run(commands);
  return binding !== undefined;
}
