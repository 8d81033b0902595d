// Results as the test runners report them.
import { readFile } from 'node:fs/promises';

const none = { passed: 0, failed: 0, skipped: 0, failures: [] };

const entities = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The text of XML as it was meant. */
const plain = (xml) =>
  xml.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, name) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : decimal ? String.fromCodePoint(Number(decimal)) : (entities[name] ?? whole),
  );

/** Counts the tests of a .trx file and says what failed; all zero when there is no such file. */
export async function readTrx(path) {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) {
    return none;
  }
  const result = { ...none, failures: [] };
  for (const { 0: element, index } of text.matchAll(/<UnitTestResult\s[^>]*>/g)) {
    const outcome = /\soutcome="(\w+)"/.exec(element)?.[1];
    // The format leaves the attribute out for the error outcome.
    if (outcome === 'Passed') {
      result.passed++;
    } else if (outcome === 'NotExecuted') {
      result.skipped++;
    } else {
      result.failed++;
      const own = text.slice(index, (text.indexOf('<UnitTestResult', index + 1) + 1 || text.length + 1) - 1);
      const said = ['Message', 'StackTrace'].map((part) => new RegExp(`<${part}>([^]*?)</${part}>`).exec(own)?.[1] ?? '');
      result.failures.push({ name: plain(/\stestName="([^"]*)"/.exec(element)?.[1] ?? ''), message: plain(said.join('\n')) });
    }
  }
  return result;
}

/** Counts the tests of vitest's JSON report; a file that could not even be loaded is a failed test. */
export async function readVitest(path) {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) {
    return none;
  }
  const report = JSON.parse(text);
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    failures: report.testResults.flatMap((file) => [
      ...(file.status === 'failed' && file.assertionResults.length === 0 ? [{ name: file.name, message: file.message }] : []),
      ...file.assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) => ({ name: fullName, message: failureMessages.join('\n') })),
    ]),
  };
}
