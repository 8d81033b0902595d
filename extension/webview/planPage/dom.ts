// The few ways in which the page makes elements. Text is always set as text, never parsed.

/** Makes an element with attributes and children; a string becomes text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Makes a button that does something while it can be pressed. */
export function button(text: string, className: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: className }, text);
  made.addEventListener('click', () => {
    if (canPress(made)) {
      onClick();
    }
  });
  return made;
}

/** Lets a button be pressed or not. It is never disabled: a button that is would drop the focus of the keyboard. */
export function allow(target: HTMLButtonElement, allowed: boolean): void {
  if (allowed) {
    target.removeAttribute('aria-disabled');
  } else {
    target.setAttribute('aria-disabled', 'true');
  }
}

export function canPress(target: HTMLButtonElement): boolean {
  return target.getAttribute('aria-disabled') !== 'true';
}

/** Whether the keyboard is in an element. */
export function hasFocus(target: HTMLElement): boolean {
  return target.contains(document.activeElement);
}

/** Shows an element or takes it away, also for screen readers. */
export function show(target: HTMLElement, visible: boolean): void {
  target.hidden = !visible;
}

/** Puts values for `{0}`, `{1}` into a text. */
export function fill(text: string, ...values: readonly (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}
