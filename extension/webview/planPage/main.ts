// The script of the plan page. It decides nothing: it draws what the host sends and tells it what the person does.
import type { ToPage } from '../../src/features/changes/planMessages';
import { keepFocus } from './focusKeeper';
import { Host } from './host';
import { Page } from './page';
import './planPage.css';

const host = new Host();
let page: Page | undefined;

window.addEventListener('message', (event: MessageEvent<ToPage>) => {
  const message = event.data;
  if (message.type === 'strings') {
    const root = document.getElementById('page');
    if (root !== null) {
      page = new Page(root, host, message.strings);
    }
  } else {
    page?.receive(message);
  }
});
keepFocus();
host.tell({ type: 'ready' });
