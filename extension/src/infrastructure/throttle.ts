/** Runs an action at most once per interval, the last call never lost. */
export class Throttle {
  private timer: NodeJS.Timeout | undefined;
  private last = 0;

  constructor(
    private readonly milliseconds: number,
    private readonly action: () => void,
  ) {}

  request(): void {
    if (this.timer !== undefined) {
      return;
    }
    const wait = Math.max(0, this.last + this.milliseconds - Date.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.last = Date.now();
      this.action();
    }, wait);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
