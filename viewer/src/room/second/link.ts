import type { Measurement } from '../types';
import type { StageView } from '../stage/stage';
import type { Shape } from '../stage/shapes';

/** A key press, as it goes from the images' window to the form's. */
export type PressedKey = Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>;

/** From the form's window: show a case, do something, or close. */
export type ToImages =
  | { to: 'images'; case: string; view: StageView | null; measurements: Measurement[]; scored: string }
  | { to: 'images'; do: string; args: unknown[] }
  | { to: 'images'; bye: true };

/** From the images' window. */
export type ToForm =
  | { to: 'form'; ready: true }
  | { to: 'form'; first: true }
  | { to: 'form'; state: { view: StageView; measurements: Measurement[]; current: string | null } }
  | { to: 'form'; measured: Measurement; finished: boolean; parts: Shape['parts'] }
  | { to: 'form'; gone: Measurement }
  | { to: 'form'; say: string }
  | { to: 'form'; input: true }
  | { to: 'form'; key: PressedKey }
  | { to: 'form'; closed: true };

const NAME = 'provident.room';

/** The line between the two windows of one reader: one browser, one session, one origin; nothing else hears it. */
export class Line<In extends { to: string }, Out> {
  private readonly channel = new BroadcastChannel(NAME);

  constructor(me: In['to'], hear: (message: In) => void) {
    this.channel.onmessage = (event: MessageEvent<In>) => {
      if (event.data.to === me) hear(event.data);
    };
  }

  say(message: Out): void {
    this.channel.postMessage(message);
  }

  close(): void {
    this.channel.close();
  }
}
