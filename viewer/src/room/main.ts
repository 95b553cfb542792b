import styles from './room.css?url';

import type { Ahead } from './ahead';
import { caseAddress, ReadingApi, Unavailable } from './api';
import { Room } from './room';
import { SecondWindow } from './second/elsewhere';
import { ImagesWindow } from './second/images-window';
import { el } from './ui/dom';

/** Wait for the styles, so that nothing is drawn unstyled and nothing shifts. */
function styled(): Promise<void> {
  const link = el('link', { attrs: { rel: 'stylesheet', href: styles } });
  const done = new Promise<void>((resolve) => {
    link.addEventListener('load', () => resolve());
    link.addEventListener('error', () => resolve());
  });
  document.head.append(link);
  return done;
}

/** A page instead of the room: what happened and what to do next. */
function page(root: HTMLElement, title: string, text: string, link: [string, string]): void {
  root.replaceChildren(
    el('main', { class: 'page' }, [el('h1', { text: title }), el('p', { text }), el('a', { class: 'btn', text: link[0], attrs: { href: link[1] } })]),
  );
}

/** The rooms that this page shows, one after the other, without being loaded again. */
class ReadingRoom {
  private room: Room | null = null;
  private readonly worklist: [string, string];
  private readonly second = new SecondWindow();

  constructor(
    private readonly root: HTMLElement,
    private api: ReadingApi,
    private readonly styles: Promise<void>,
  ) {
    this.worklist = ['Back to the worklist', root.dataset['list'] ?? '/read/'];
  }

  async show(): Promise<void> {
    const begun = performance.now();
    try {
      const [doc] = await Promise.all([this.api.load(), this.styles]);
      this.room = new Room({
        api: this.api,
        doc,
        second: this.second,
        onLocked: () => void this.again(),
        onFirstImage: () => this.firstImage(begun),
        onSigned: (next, ahead) => void this.after(next, ahead),
        onSignedElsewhere: () => this.signedElsewhere(),
      });
      this.root.replaceChildren(this.room.element);
      document.title = `Case ${doc.number} of ${doc.of}`;
      await this.room.open();
    } catch (error) {
      if (!(error instanceof Unavailable) && !(error instanceof TypeError)) throw error;
      const text = error instanceof Unavailable ? error.message : 'The server was not reached. Check your connection, then load this page again.';
      page(this.root, 'This case cannot be opened', text, this.worklist);
    }
  }

  /** The same case, with what may be seen after a lock. */
  private async again(): Promise<void> {
    this.room?.close();
    this.room = null;
    await this.show();
  }

  private signedElsewhere(): void {
    this.room?.close();
    this.room = null;
    page(this.root, 'This case is signed', 'It was signed in another window, so what was typed here after that is not part of it. A correction is a new version with a reason: ask the study office.', this.worklist);
  }

  /** Milliseconds to the first image: from the navigation, then from the signature before. */
  private firstImage(begun: number): void {
    const ms = Math.round(performance.now() - (this.root.dataset['firstImage'] ? begun : 0));
    this.root.dataset['firstImage'] = String(ms);
    performance.mark('room:first-image');
  }

  private async after(next: string | null, ahead: Ahead): Promise<void> {
    this.root.dataset['prefetched'] = String(next !== null && ahead.has(next));
    this.room?.close();
    this.room = null;
    if (next === null) {
      this.second.end();
      page(this.root, 'All cases are read', 'Your last case is signed. There is nothing waiting for you now.', this.worklist);
      return;
    }
    history.replaceState(null, '', next);
    this.api = this.api.at(caseAddress(next));
    await this.show();
  }
}

async function start(): Promise<void> {
  const root = document.getElementById('room');
  const address = root?.dataset['case'];
  if (!root || !address) return;
  document.documentElement.style.background = '#0b1014';
  const api = new ReadingApi(root.dataset['csrf'] ?? '', address);
  if (location.hash === '#images') {
    await styled();
    new ImagesWindow(root, api);
    return;
  }
  await new ReadingRoom(root, api, styled()).show();
}

void start();
