/** Shows the frames of a clip one after the other; a frame that is not ready is waited for. */
export class Cine {
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly next: () => Promise<void>) {}

  get running(): boolean {
    return this.timer !== null;
  }

  start(fps: number): void {
    this.stop();
    const turn = async (): Promise<void> => {
      const begun = performance.now();
      await this.next();
      if (this.timer === null) return;
      this.timer = setTimeout(() => void turn(), Math.max(0, 1000 / fps - (performance.now() - begun)));
    };
    this.timer = setTimeout(() => void turn(), 1000 / fps);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
