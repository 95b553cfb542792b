import type { Act } from './stage/stage';
import type { Tool } from './stage/tools';

/** What keys can ask of the room. */
export interface Commands {
  scroll(by: number): void;
  end(which: 'first' | 'last'): void;
  neighbour(direction: 1 | -1): void;
  preset(number: number): void;
  tool(tool: Tool): void;
  act(what: Act): void;
  layout(number: number): void;
  fade(by: number): void;
  pace(by: number): void;
  loupe(): void;
  marks(): void;
  moveCross(right: number, down: number): void;
  allNormal(): void;
  twoScreens(): void;
  display(): void;
  report(): void;
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
  // Shift and a digit is a key of its own where digits need no Shift; on other keyboards it is the digit.
  const named = event.altKey || (event.shiftKey && !/^[0-9]$/.test(event.key)) ? digit(event) : event.key;
  const key = named.length === 1 ? named.toLowerCase() : named;
  const ctrl = event.ctrlKey || event.metaKey ? 'ctrl+' : '';
  const alt = event.altKey ? 'alt+' : '';
  const shift = event.shiftKey && (/^[a-z]$/.test(key) || key.length > 1 || (/^[0-9]$/.test(key) && key !== event.key && !event.altKey)) ? 'shift+' : '';
  return `${ctrl}${alt}${shift}${key}`;
}

const presets: Binding[] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({
  keys: [String(n)],
  shown: n === 1 ? ['1', '–', '9'] : [],
  does: n === 1 ? 'window presets; from the form with Alt' : '',
  group: 'Images',
  where: 'images',
  run: (c) => c.preset(n),
}));

const layouts: Binding[] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({
  keys: [`shift+${n}`],
  shown: n === 1 ? ['Shift 1', '–', '9'] : [],
  does: n === 1 ? 'layouts of the plan' : '',
  group: 'Images',
  where: 'anywhere',
  run: (c) => c.layout(n),
}));

const CROSS: [string, number, number][] = [['ArrowLeft', -1, 0], ['ArrowRight', 1, 0], ['ArrowUp', 0, -1], ['ArrowDown', 0, 1]];
const cross: Binding[] = CROSS.flatMap(([key, right, down], i) =>
  [['ctrl+', 1] as const, ['ctrl+shift+', 10] as const].map(([held, by]) => ({
    keys: [`${held}${key}`],
    shown: i === 0 && by === 1 ? ['Ctrl ←↑→↓'] : [],
    does: i === 0 && by === 1 ? 'move the crosshair by a pixel; with Shift by ten' : '',
    group: 'Images' as const,
    where: 'images' as const,
    run: (c: Commands) => c.moveCross(right * by, down * by),
  })),
);

const fromForm: Binding[] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({
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
  ...layouts,
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
  { keys: ['x'], shown: ['X'], does: 'crosshair: all planes to one point', group: 'Images', where: 'anywhere', run: (c) => c.tool('crosshair') },
  ...cross,
  { keys: ['shift+x'], shown: ['Shift X'], does: 'crosshair and lines off, and on', group: 'Images', where: 'anywhere', run: (c) => c.marks() },
  { keys: ['shift+l'], shown: ['Shift L'], does: 'magnifier at the mouse', group: 'Images', where: 'anywhere', run: (c) => c.loupe() },
  { keys: [','], shown: [',', ';'], does: 'less, more colour over the images', group: 'Images', where: 'images', run: (c) => c.fade(-0.1) },
  { keys: [';'], shown: [], does: '', group: 'Images', where: 'images', run: (c) => c.fade(0.1) },
  { keys: ['<'], shown: ['<', '>'], does: 'clip slower, faster', group: 'Images', where: 'images', run: (c) => c.pace(0.5) },
  { keys: ['>'], shown: [], does: '', group: 'Images', where: 'images', run: (c) => c.pace(2) },
  { keys: ['m'], shown: ['M'], does: 'length', group: 'Measure', where: 'anywhere', run: (c) => c.tool('length') },
  { keys: ['shift+m'], shown: ['Shift M'], does: 'two axes of a lesion', group: 'Measure', where: 'anywhere', run: (c) => c.tool('bidirectional') },
  { keys: ['a'], shown: ['A'], does: 'angle', group: 'Measure', where: 'anywhere', run: (c) => c.tool('angle') },
  { keys: ['e'], shown: ['E'], does: 'ellipse: mean, SD, min, max, area', group: 'Measure', where: 'anywhere', run: (c) => c.tool('ellipse') },
  { keys: ['b'], shown: ['B'], does: 'box: mean, SD, min, max, area', group: 'Measure', where: 'anywhere', run: (c) => c.tool('rectangle') },
  { keys: ['shift+e'], shown: ['Shift E'], does: 'outline by hand: mean, SD, min, max, area', group: 'Measure', where: 'anywhere', run: (c) => c.tool('polygon') },
  { keys: ['shift+p'], shown: ['Shift P'], does: 'points: each click counts one', group: 'Measure', where: 'anywhere', run: (c) => c.tool('points') },
  { keys: ['u'], shown: ['U'], does: 'use the last measurement in this field', group: 'Measure', where: 'anywhere', run: (c) => c.useMeasurement() },
  { keys: ['Delete', 'Backspace'], shown: ['Del'], does: 'remove the selected or last measurement', group: 'Measure', where: 'images', run: (c) => c.removeMeasurement() },
  { keys: ['shift+a'], shown: ['Shift A'], does: 'all normal: answers the question before the scores', group: 'Form', where: 'anywhere', run: (c) => c.allNormal() },
  { keys: ['t'], shown: ['T'], does: 'the same field at the next time point', group: 'Form', where: 'anywhere', run: (c) => c.nextTimepoint() },
  { keys: ['Escape'], shown: ['Esc'], does: 'between form and images', group: 'Case', where: 'anywhere', run: (c) => c.between() },
  { keys: ['c'], shown: ['C'], does: 'fold the form away, and back', group: 'Case', where: 'anywhere', run: (c) => c.collapse() },
  { keys: ['shift+w'], shown: ['Shift W'], does: 'images in a second window, and back', group: 'Case', where: 'anywhere', run: (c) => c.twoScreens() },
  { keys: ['shift+d'], shown: ['Shift D'], does: 'this display: what is recorded of it, check of the greys', group: 'Case', where: 'anywhere', run: (c) => c.display() },
  { keys: ['shift+u'], shown: ['Shift U'], does: 'tell of an unexpected finding', group: 'Case', where: 'anywhere', run: (c) => c.report() },
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
