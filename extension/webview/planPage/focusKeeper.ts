/**
 * Gives the keyboard back to what had it. When VS Code asks a question, the browser forgets what was focused in the frame, and
 * afterwards the page would have to be gone through from its beginning.
 */
export function keepFocus(): void {
  let last: HTMLElement | undefined;
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement) {
      last = target;
    }
  });
  window.addEventListener('focus', () => {
    if (last?.isConnected === true && document.activeElement === document.body) {
      last.focus({ preventScroll: true });
    }
  });
}
