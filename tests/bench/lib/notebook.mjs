// How long it takes to know what a 5 MB notebook refers to, and to know it again after a keystroke.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Sidecar } from '../../tools/sidecar.mjs';

const rounds = 10;
const megabytes = 5;
const cellLength = 25_000;

/** Code as people write it: every cell refers to one model. */
function cellText(index) {
  const head = `model = mlflow.pyfunc.load_model("models:/churn-${index}/3")\n`;
  let text = head;
  for (let line = 0; text.length < cellLength; line++) {
    text += `frame["col_${line}"] = frame["col_${line}"].fillna(0.0) * scale(index=${line}, name='c${line}')  # note ${line}\n`;
  }
  return text;
}

/** Seconds of opening it in messages of a million characters, as the extension does, each round as a new document. */
async function measure(executable, timed) {
  const storageFolder = await mkdtemp(join(tmpdir(), 'aml-bench-storage-'));
  const sidecar = new Sidecar(executable, []);
  try {
    await sidecar.initialize({ storageFolder, logLevel: 'warning' });
    const count = Math.round((megabytes * 1e6) / cellLength);
    const cells = Array.from({ length: count }, (_, index) => ({ cellId: `c${index}`, text: cellText(index) }));
    const perMessage = Math.floor(1e6 / cellLength);
    const seconds = [];
    for (let round = 0; round <= rounds; round++) {
      const documentId = `n${round}`;
      let references = 0;
      const began = performance.now();
      for (let at = 0; at < cells.length; at += perMessage) {
        const added = cells.slice(at, at + perMessage);
        const answer =
          at === 0
            ? await sidecar.request('notebook/open', { documentId, version: 1, cells: added })
            : await sidecar.request('notebook/change', { documentId, baseVersion: at, version: at + perMessage, added, removed: [], edited: [] });
        if (at === 0) {
          await sidecar.request('notebook/change', { documentId, baseVersion: 1, version: perMessage, added: [], removed: [], edited: [] });
        }
        references += answer.cells.reduce((sum, cell) => sum + cell.references.length, 0);
      }
      const opened = performance.now();
      if (references !== count) {
        throw new Error(`${references} references were found, wanted ${count}.`);
      }
      const { length } = cells[0].text;
      const typed = await sidecar.request('notebook/change', {
        documentId,
        baseVersion: Math.ceil(cells.length / perMessage) * perMessage,
        version: 1e6,
        added: [],
        removed: [],
        edited: [{ cellId: 'c0', edits: [{ offset: length >> 1, length: 0, text: 'x' }], length: length + 1 }],
      });
      if (typed.outOfStep || typed.cells.length !== 1) {
        throw new Error('The keystroke was not understood.');
      }
      const ended = performance.now();
      await sidecar.request('notebook/close', { documentId });
      if (round > 0) {
        seconds.push((timed === 'open' ? opened - began : ended - opened) / 1000);
      }
    }
    return seconds;
  } finally {
    await sidecar.stop();
    await rm(storageFolder, { recursive: true, force: true });
  }
}

export const measureNotebook = (executable) => measure(executable, 'open');
export const measureKeystroke = (executable) => measure(executable, 'keystroke');
