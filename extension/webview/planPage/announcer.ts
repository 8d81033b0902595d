import { element } from './dom';

/** Milliseconds between two reports of progress: what is said every half second cannot be listened to. */
const interval = 5000;

/** Says to a screen reader what is under way: its beginning at once, then the newest every few seconds. */
export class Announcer {
  readonly root = element('p', { class: 'unseen', role: 'status' });
  private latest = '';
  private timer: number | undefined;

  /** @param message what is under way; empty when nothing is any more. */
  tell(message: string): void {
    this.latest = message;
    if (message === '') {
      window.clearTimeout(this.timer);
      this.timer = undefined;
      this.root.textContent = '';
    } else if (this.timer === undefined) {
      this.say();
    }
  }

  private say(): void {
    this.root.textContent = this.latest;
    this.timer = window.setTimeout(() => {
      this.timer = undefined;
      if (this.root.textContent !== this.latest) {
        this.say();
      }
    }, interval);
  }
}
