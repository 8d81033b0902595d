/** What a model passed cannot be used; the message tells the model what to pass instead. */
export class ToolInputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ToolInputError';
  }
}

const longest = 500;

/** Reads what a model passed: only what is known, of the right type, of a sensible length. */
export class ToolInput {
  private readonly values: ReadonlyMap<string, unknown>;

  /** @throws ToolInputError when it is no object or has what the tool does not know. */
  constructor(input: unknown, names: readonly string[]) {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      throw new ToolInputError('The input must be a JSON object.');
    }
    const unknown = Object.keys(input).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new ToolInputError(
        `There is no parameter ${JSON.stringify(unknown.slice(0, 50))}. There are: ${names.join(', ')}.`,
      );
    }
    this.values = new Map<string, unknown>(Object.entries(input));
  }

  /** A text; null when it is absent or empty. */
  text(name: string): string | null {
    const value = this.values.get(name) ?? '';
    if (typeof value !== 'string' || value.length > longest) {
      throw new ToolInputError(`"${name}" must be a text of at most ${longest} characters.`);
    }
    const trimmed = value.trim();
    return trimmed === '' ? null : trimmed;
  }

  /** Texts; none when they are absent. */
  texts(name: string, most: number): readonly string[] {
    const value: unknown = this.values.get(name) ?? [];
    if (
      !Array.isArray(value) ||
      value.length > most ||
      !value.every((one): one is string => typeof one === 'string' && one.length <= longest)
    ) {
      throw new ToolInputError(`"${name}" must be a list of at most ${most} texts.`);
    }
    return value;
  }

  flag(name: string): boolean {
    const value = this.values.get(name) ?? false;
    if (typeof value !== 'boolean') {
      throw new ToolInputError(`"${name}" must be true or false.`);
    }
    return value;
  }

  count(name: string, usual: number, most: number): number {
    const value = this.values.get(name) ?? usual;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most) {
      throw new ToolInputError(`"${name}" must be a whole number from 1 to ${most}.`);
    }
    return value;
  }
}
