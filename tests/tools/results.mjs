// Results as the test runners report them.
import { readFile } from 'node:fs/promises';

const none = { passed: 0, failed: 0, skipped: 0 };

/** Counts the tests of a .trx file; all zero when there is no such file. */
export async function readTrx(path) {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) {
    return none;
  }
  const result = { ...none };
  for (const [element] of text.matchAll(/<UnitTestResult\s[^>]*>/g)) {
    const outcome = /\soutcome="(\w+)"/.exec(element)?.[1];
    // The format leaves the attribute out for the error outcome.
    if (outcome === 'Passed') {
      result.passed++;
    } else if (outcome === 'NotExecuted') {
      result.skipped++;
    } else {
      result.failed++;
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
  };
}
