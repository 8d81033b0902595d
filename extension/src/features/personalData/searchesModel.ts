import * as vscode from 'vscode';
import { client, server } from '../../protocol/methods';
import type { MatchGrade, PersonalDataSearch } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';

/** Which results of a search are shown. */
export interface ResultFilter {
  readonly grades: readonly MatchGrade[];
  readonly name: string | null;
}

export const everything: ResultFilter = { grades: [], name: null };

/** All searches on record, kept up to date by what the sidecar tells. */
export class SearchesModel implements vscode.Disposable {
  private readonly searches = new Map<string, PersonalDataSearch>();
  private readonly filters = new Map<string, ResultFilter>();
  /** Searches that this window began or went on with: their end is told here and in no other window. */
  private readonly ours = new Set<string>();
  private readonly changed = new vscode.EventEmitter<string | undefined>();
  private readonly finished = new vscode.EventEmitter<PersonalDataSearch>();
  private readonly subscription: vscode.Disposable;
  private loaded = false;

  /** A search is another, or the whole list (undefined). */
  readonly onDidChange = this.changed.event;
  /** A search of this window has ended. */
  readonly onDidFinish = this.finished.event;

  constructor(private readonly sidecar: SidecarClient) {
    sidecar.onNotification(client.personalData.changed, ({ search }) => {
      this.put(search);
    });
    sidecar.onNotification(client.personalData.removed, ({ searchId }) => {
      this.drop(searchId);
    });
    this.subscription = sidecar.onDidStart(() => {
      this.loaded = false;
      this.changed.fire(undefined);
    });
  }

  /** Newest first. */
  get all(): readonly PersonalDataSearch[] {
    return [...this.searches.values()].sort((a, b) => b.startedAt - a.startedAt);
  }

  get(id: string): PersonalDataSearch | undefined {
    return this.searches.get(id);
  }

  filterOf(id: string): ResultFilter {
    return this.filters.get(id) ?? everything;
  }

  setFilter(id: string, filter: ResultFilter): void {
    this.filters.set(id, filter);
    this.changed.fire(id);
  }

  /** A search this window has at work. */
  own(search: PersonalDataSearch): void {
    this.ours.add(search.searchId);
    this.put(search);
  }

  /** Takes a search as it stands now. */
  put(search: PersonalDataSearch): void {
    const isNew = !this.searches.has(search.searchId);
    this.searches.set(search.searchId, search);
    this.changed.fire(isNew ? undefined : search.searchId);
    if (search.state !== 'running' && this.ours.delete(search.searchId)) {
      this.finished.fire(search);
    }
  }

  drop(id: string): void {
    this.searches.delete(id);
    this.filters.delete(id);
    this.ours.delete(id);
    this.changed.fire(undefined);
  }

  /** Reads the list unless it has been read from this process. */
  async load(): Promise<void> {
    if (!this.loaded) {
      const { searches } = await this.sidecar.request(server.personalData.searches, {});
      this.loaded = true;
      this.searches.clear();
      for (const search of searches) {
        this.searches.set(search.searchId, search);
      }
    }
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
    this.finished.dispose();
  }
}
