import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenWalkthroughCommand } from '../../extension/src/features/firstRun';
import { commandIds } from '../../extension/src/infrastructure/commandIds';
import { ErrorPresenter } from '../../extension/src/infrastructure/errorPresenter';
import { SidecarError } from '../../extension/src/sidecar/sidecarError';
import { SidecarStatusItem } from '../../extension/src/sidecar/statusItem';
import { FakeLog } from './fakes/log';
import { manifest, root, texts } from './fakes/manifest';
import { fake } from './fakes/vscode';

const { views, viewsWelcome, walkthroughs, commands } = manifest.contributes;
const allViews = Object.values(views).flat();
const sources = readdirSync(`${root}/extension/src`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(`${root}/extension/src/${path}`, 'utf8'))
  .join('\n');

/** The commands that a text links to. */
const linked = (text: string): string[] => [...text.matchAll(/\(command:([\w.]+)\)/g)].map((match) => match[1] ?? '');
const known = new Set<string>([
  ...commands.map(({ command }) => command),
  ...Object.values(commandIds),
  ...allViews.map(({ id }) => `${id}.focus`),
]);

describe('the item of the status bar', () => {
  let item: SidecarStatusItem;
  let restarts: number;

  beforeEach(() => {
    vi.useFakeTimers();
    restarts = 0;
    item = new SidecarStatusItem(
      new ErrorPresenter(new FakeLog().channel),
      () => {
        restarts++;
        return Promise.resolve();
      },
      300,
    );
  });

  afterEach(() => {
    item.dispose();
    vi.useRealTimers();
  });

  it('says nothing of a start that takes no time', () => {
    item.show({ kind: 'starting' });
    vi.advanceTimersByTime(299);
    item.show({ kind: 'ready' });
    vi.runAllTimers();
    expect(fake.statusBarItems).toEqual([]);
  });

  it('says that the sidecar starts, and goes away when it is up', () => {
    item.show({ kind: 'starting' });
    vi.advanceTimersByTime(300);
    expect(fake.statusBarItems).toMatchObject([
      {
        isVisible: true,
        text: '$(loading~spin) Azure ML Data: starting',
        command: undefined,
        accessibilityInformation: { label: 'Starting the background service of Azure ML Data Tools' },
      },
    ]);
    item.show({ kind: 'ready' });
    expect(fake.statusBarItems).toEqual([]);
  });

  it('says why it failed, offers on a click what can be done, and goes away when that helped', async () => {
    const error = new SidecarError('No .NET.', { code: 'sidecar.noRuntime', actions: ['retry', 'showLog'] });
    item.show({ kind: 'starting' });
    item.show({ kind: 'failed', error });
    vi.runAllTimers();
    expect(fake.contextKeys.get('amlData.sidecarProblem')).toBe('sidecar.noRuntime');
    expect(fake.statusBarItems).toMatchObject([
      {
        text: '$(error) Azure ML Data: not running',
        tooltip: 'No .NET.',
        command: item.id,
        accessibilityInformation: { label: 'Azure ML Data: not running. No .NET.', role: 'button' },
      },
    ]);
    fake.press = ['Try Again'];
    await item.execute();
    expect(fake.shown).toMatchObject([
      { level: 'error', message: 'No .NET.', buttons: ['Install .NET', 'Try Again', 'Show Log'] },
    ]);
    expect(restarts).toBe(1);
    item.show({ kind: 'ready' });
    expect([fake.statusBarItems, fake.contextKeys.get('amlData.sidecarProblem')]).toEqual([[], '']);
  });
});

describe('the walkthrough', () => {
  const [walkthrough] = walkthroughs;

  it('is opened by its command', async () => {
    await new OpenWalkthroughCommand('publisher.name').execute();
    expect(fake.executed).toEqual([
      { command: 'workbench.action.openWalkthrough', args: [`publisher.name#${walkthrough?.id ?? ''}`, false] },
    ]);
  });

  it('has steps that end when something was done, by a key that a feature sets', () => {
    const events = walkthrough?.steps.flatMap((step) => step.completionEvents) ?? [];
    expect(events).toHaveLength(5);
    for (const event of events) {
      const [kind, key] = event.split(':');
      expect(kind).toBe('onContext');
      expect(sources).toContain(`setContextKey('${key ?? ''}'`);
    }
  });

  it('has themed pictures without words, which are packed', () => {
    const packed = readFileSync(`${root}/.vscodeignore`, 'utf8');
    expect(packed).toContain('!resources/walkthrough/*.svg');
    for (const { media } of walkthrough?.steps ?? []) {
      const svg = readFileSync(`${root}/${media.svg}`, 'utf8');
      expect(svg).toContain('var(--vscode-foreground');
      expect(svg).not.toMatch(/<text|<style|<script|href/);
      expect(texts[media.altText.replaceAll('%', '')]).toBeTruthy();
    }
  });

  it('leads to commands that there are', () => {
    const all = Object.entries(texts).filter(([key]) => /^(walkthrough|welcome)\./.test(key));
    const ids = all.flatMap(([, text]) => linked(text));
    expect(ids.length).toBeGreaterThan(10);
    expect(ids.filter((id) => !known.has(id))).toEqual([]);
  });
});

describe('the welcome texts', () => {
  it('cover every view, also where the sidecar is down', () => {
    for (const { id } of allViews) {
      const conditions = viewsWelcome.filter(({ view }) => view === id).map(({ when }) => when ?? '');
      expect(conditions.some((when) => /(^|[^!])amlData\.sidecarProblem/.test(when))).toBe(true);
      expect(conditions.some((when) => !/(^|[^!])amlData\.sidecarProblem/.test(when))).toBe(true);
    }
  });

  it('hang on keys that features set', () => {
    const keys = viewsWelcome.flatMap(({ when }) => [...(when ?? '').matchAll(/amlData\.\w+/g)].map(([key]) => key));
    for (const key of new Set(keys)) {
      expect(sources).toContain(`'${key}'`);
    }
  });
});
