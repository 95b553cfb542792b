/** Seconds without input after which a reader is taken to be away. */
export const IDLE_AFTER = 60;

/** Counts the seconds at work: those within IDLE_AFTER of the last key, click or wheel. */
export class ActiveTimer {
  private last: number;

  constructor(
    private readonly now: () => number,
    private total = 0,
  ) {
    this.last = now();
  }

  /** The reader did something. */
  input(): void {
    this.total = this.seconds();
    this.last = this.now();
  }

  /** Is nobody here, as far as input tells? */
  get away(): boolean {
    return (this.now() - this.last) / 1000 > IDLE_AFTER;
  }

  /** Seconds at work so far, over all sittings with this case. */
  seconds(): number {
    const away = Math.max(0, (this.now() - this.last) / 1000);
    return this.total + Math.min(away, IDLE_AFTER);
  }
}
