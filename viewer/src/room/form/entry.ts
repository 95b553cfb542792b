import type { FieldSpec, Value } from '../types';

/** What a key did to the field that has the keyboard. */
export type Act =
  | { do: 'set'; value: Value }
  | { do: 'clear' }
  | { do: 'advance' }
  | { do: 'wait'; text: string }
  | { do: 'again'; key: string }
  | { do: 'refuse'; message: string };

export interface EntryField {
  spec: FieldSpec;
  label: string;
  /** Key to value: choices and missing codes. */
  codes: Map<string, Value>;
  value: Value | undefined;
}

const NUMERIC = new Set(['integer', 'number']);

/** Could more keys after `text` still give an allowed number? */
function canGrow(spec: FieldSpec, text: string): boolean {
  if (text === '-') return true;
  if (spec.type === 'number') return !full(spec, text);
  const value = Number(text);
  if (value === 0) return false;
  const { min = -Infinity, max = Infinity } = spec;
  return value > 0 ? value * 10 <= max : value * 10 >= min;
}

/** Has the number all the digits after the point that it takes? */
function full(spec: FieldSpec, text: string): boolean {
  const after = text.split('.')[1];
  return spec.decimals !== undefined && spec.decimals > 0 && after !== undefined && after.length >= spec.decimals;
}

function inRange(spec: FieldSpec, value: number): boolean {
  return value >= (spec.min ?? -Infinity) && value <= (spec.max ?? Infinity);
}

/** Is `text` an allowed number, or the beginning of one? */
function possible(spec: FieldSpec, text: string): boolean {
  if (text === '-') return (spec.min ?? -1) < 0;
  if (!/^-?\d+(\.\d*)?$/.test(text)) return false;
  if (text.includes('.') && (spec.type === 'integer' || spec.decimals === 0)) return false;
  if ((text.split('.')[1]?.length ?? 0) > (spec.decimals ?? Infinity)) return false;
  if (/^-?0\d/.test(text)) return false;
  const value = Number(text);
  return inRange(spec, value) || (Math.abs(value) < Math.abs(spec.max ?? Infinity) && canGrow(spec, text));
}

function settled(spec: FieldSpec, text: string): number | undefined {
  const value = Number(text);
  return text !== '' && text !== '-' && inRange(spec, value) ? value : undefined;
}

/** What a field takes, in words. */
export function takes(spec: FieldSpec): string {
  if (spec.type === 'choice') return 'one of the choices shown';
  const { min, max } = spec;
  const whole = spec.type === 'integer' ? 'a whole number' : 'a number';
  if (min !== undefined && max !== undefined) return `${whole} from ${min} to ${max}`;
  if (min !== undefined) return `${whole} of ${min} or more`;
  if (max !== undefined) return `${whole} of at most ${max}`;
  return whole;
}

/**
 * Turns keys into scores.
 *
 * The rule for more than one digit: a digit that could begin a longer number waits. The next digit
 * completes it if the number is allowed; otherwise the first stands, the cursor moves on and the
 * digit scores the next cell. Enter or an arrow accepts a waiting digit. There is no time limit,
 * so that the same keys always give the same scores.
 */
export class ScoreEntry {
  private text = '';
  private last: Value | undefined;

  /** The digits typed so far, while a longer number is still possible. */
  get waiting(): string {
    return this.text;
  }

  /** Leaving the field: what waits stands. */
  settle(): void {
    this.text = '';
  }

  press(key: string, field: EntryField): Act[] {
    const code = field.codes.get(key.toLowerCase());
    const typing = /^[0-9.,-]$/.test(key) && NUMERIC.has(field.spec.type);
    if (typing && !(this.text === '' && (key === '.' || key === ','))) return this.digit(key, field);
    if (key === '.') return this.repeat(field);
    if (key === 'Backspace' || key === 'Delete') return this.erase(field);
    if (key === 'Enter') return this.accept();
    if (code !== undefined) return this.give(code);
    return [];
  }

  private give(value: Value): Act[] {
    this.text = '';
    this.last = value;
    return [{ do: 'set', value }, { do: 'advance' }];
  }

  private accept(): Act[] {
    this.text = '';
    return [{ do: 'advance' }];
  }

  private repeat(field: EntryField): Act[] {
    if (this.last === undefined) return [{ do: 'refuse', message: 'Nothing to repeat yet' }];
    const last = this.last;
    const { spec } = field;
    const fits =
      (NUMERIC.has(spec.type) && typeof last === 'number' && inRange(spec, last)) ||
      [...field.codes.values()].includes(last);
    if (!fits) return [{ do: 'refuse', message: `${field.label} cannot take ${last}` }];
    return this.give(last);
  }

  private erase(field: EntryField): Act[] {
    this.text = '';
    return field.value === undefined ? [] : [{ do: 'clear' }];
  }

  private digit(key: string, field: EntryField): Act[] {
    const { spec } = field;
    const text = this.text + (key === ',' ? '.' : key);
    if (!possible(spec, text)) return this.beyond(key, field);
    const value = settled(spec, text);
    this.text = text;
    if (value !== undefined) this.last = value;
    const acts: Act[] = value === undefined ? [] : [{ do: 'set', value }];
    if (canGrow(spec, text)) return [...acts, { do: 'wait', text }];
    this.text = '';
    return [...acts, { do: 'advance' }];
  }

  /** The digit does not continue the number: it scores the next cell, or is refused here. */
  private beyond(key: string, field: EntryField): Act[] {
    const stands = settled(field.spec, this.text) !== undefined;
    this.text = '';
    if (stands && /\d/.test(key)) return [{ do: 'advance' }, { do: 'again', key }];
    return [{ do: 'refuse', message: `${field.label} takes ${takes(field.spec)}` }];
  }
}
