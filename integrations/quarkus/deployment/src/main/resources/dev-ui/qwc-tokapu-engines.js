import { LitElement, html, css } from 'lit';
import { JsonRpc } from 'jsonrpc';
import '@vaadin/grid';
import '@vaadin/grid/vaadin-grid-column.js';

const COLUMNS = [
    ['name', 'Engine'],
    ['model', 'Model'],
    ['state', 'State'],
    ['running', 'Running'],
    ['waiting', 'Waiting'],
    ['maxSequences', 'Sequences'],
    ['completed', 'Completed'],
    ['failed', 'Failed'],
    ['promptTokens', 'Prompt tokens'],
    ['generatedTokens', 'Generated tokens'],
];
const MILLIS = 2000;

/** The engines of the application: model, state, what they do and have done. */
export class QwcTokapuEngines extends LitElement {

    jsonRpc = new JsonRpc(this);

    static styles = css`
        p { padding: 1em; }
    `;

    static properties = {
        _engines: { state: true },
    };

    connectedCallback() {
        super.connectedCallback();
        this._ask();
        this._timer = setInterval(() => this._ask(), MILLIS);
    }

    disconnectedCallback() {
        clearInterval(this._timer);
        super.disconnectedCallback();
    }

    _ask() {
        this.jsonRpc.engines().then(response => {
            this._engines = response.result.map(engine => ({ ...engine, state: engine.open ? 'open' : 'closed' }));
        });
    }

    render() {
        if (!this._engines) {
            return html`<p>Loading</p>`;
        }
        if (this._engines.length === 0) {
            return html`<p>No model of Tokapu is used: inject a ChatModel, an EmbeddingModel, an Engine or an AI service.</p>`;
        }
        return html`
            <vaadin-grid .items="${this._engines}" all-rows-visible theme="no-border">
                ${COLUMNS.map(([path, header]) => html`
                    <vaadin-grid-column path="${path}" header="${header}" auto-width resizable></vaadin-grid-column>`)}
            </vaadin-grid>`;
    }
}
customElements.define('qwc-tokapu-engines', QwcTokapuEngines);
