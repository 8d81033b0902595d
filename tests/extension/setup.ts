import { beforeEach } from 'vitest';
import { fake } from './fakes/vscode';

beforeEach(() => {
  fake.reset();
});
