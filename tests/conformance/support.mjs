// What all tests share: the emulator's addresses, tokens, and credentials.
import { resolveLocalhost } from './emulator.mjs';

resolveLocalhost();

export const emulator = JSON.parse(process.env.EMULATOR);

/** Asks the emulator's control address. */
export async function control(path, body, method = 'POST') {
  const answer = await fetch(emulator.controlUrl + path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  if (!answer.ok) {
    throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }
  return answer.status === 204 ? undefined : answer.json();
}

/** A credential of the kind Microsoft's clients take. */
export function credential(user) {
  return {
    async getToken(scopes) {
      const audience = Array.isArray(scopes) ? scopes[0] : scopes;
      const { token, expiresOn } = await control('/token', { audience, user });
      return { token, expiresOnTimestamp: expiresOn };
    },
  };
}

/** All items of a paged list. */
export async function all(pages) {
  const items = [];
  for await (const item of pages) {
    items.push(item);
  }
  return items;
}
