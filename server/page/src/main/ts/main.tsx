// The beginning: what is kept is read, then the page is shown.
import { render } from 'preact';
import './state/theme';
import './style/base.css';
import './style/layout.css';
import './style/chat.css';
import './style/code.css';
import './style/engine.css';
import { flush, load } from './state/conversations';
import { startWatching } from './state/live';
import { startRouting } from './state/route';
import { loadModels } from './state/server';
import { App } from './view/app';

addEventListener('pagehide', flush);
void loadModels();
await load();
startRouting();
startWatching();

const page = document.getElementById('page');
if (page) {
  page.replaceChildren();
  render(<App />, page);
}
