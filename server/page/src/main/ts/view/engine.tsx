// The engine live: what runs and waits, how fast, and the requests.
import type { ComponentChildren, JSX } from 'preact';
import type { EngineState, Latency, RequestState } from '../pure/engine';
import { count, duration, millis, rate } from '../pure/format';
import { engine, liveTrouble, samples, server, shownModel } from '../state/live';
import { askForKey } from '../state/server';
import { Chart } from './chart';

export function EngineTab(): JSX.Element {
  const shown = engine.value;
  return (
    <div class="engine" tabIndex={0} role="region" aria-label="Engine">
      <div class="engine-column">
        {liveTrouble.value && (
          <div class="trouble" role="alert">
            <div>
              <p>{liveTrouble.value}</p>
              <div class="buttons">
                <button type="button" class="button" onClick={() => askForKey()}>
                  Enter a key
                </button>
              </div>
            </div>
          </div>
        )}
        {shown && <Tiles engine={shown} />}
        {shown && <Charts engine={shown} />}
        {shown && <Latencies engine={shown} />}
        <Requests requests={server.value?.requests ?? []} />
      </div>
    </div>
  );
}

/** Which engine is shown, where there are several. */
export function EngineSelect(): JSX.Element {
  const all = server.value?.models ?? [];
  return (
    <select
      class="model"
      aria-label="Engine of the model"
      value={engine.value?.model}
      onChange={(event) => (shownModel.value = event.currentTarget.value)}
    >
      {all.map(({ model }) => (
        <option key={model}>{model}</option>
      ))}
    </select>
  );
}

function Tile({ label, value, more }: { label: string; value: string; more: string }): JSX.Element {
  return (
    <div class="tile">
      <dt>{label}</dt>
      <dd>
        {value} <small>{more}</small>
      </dd>
    </div>
  );
}

function Tiles({ engine: it }: { engine: EngineState }): JSX.Element {
  const last = samples.value.at(-1);
  return (
    <dl class="tiles">
      <Tile label="Answering" value={String(it.generating)} more={`of ${it.max_sequences}`} />
      <Tile label="Waiting" value={String(it.waiting)} more="requests" />
      <Tile label="Generated" value={last ? rate(last.tokensPerSecond) : '–'} more="tokens/s" />
      <Tile label="Prompts" value={last ? rate(last.promptTokensPerSecond) : '–'} more="tokens/s" />
      <Tile label="KV cache" value={`${last ? Math.round(last.kv * 100) : 0} %`} more={`of ${count(it.context_size)}`} />
      <Tile label="Ended" value={count(it.completed)} more={it.failed > 0 ? `${count(it.failed)} failed` : `of ${count(it.submitted)}`} />
    </dl>
  );
}

function Charts({ engine: it }: { engine: EngineState }): JSX.Element {
  const all = samples.value;
  const times = all.map((point) => point.time);
  return (
    <div class="charts">
      <Chart
        title="Generated tokens/s"
        lines={[{ name: 'tokens/s', values: all.map((point) => point.tokensPerSecond) }]}
        show={rate}
        times={times}
      />
      <Chart
        title="Requests"
        lines={[
          { name: 'answering', values: all.map((point) => point.generating) },
          { name: 'waiting', values: all.map((point) => point.waiting) },
        ]}
        show={count}
        times={times}
      />
      <Chart
        title="KV cache in use"
        lines={[{ name: 'in use', values: all.map((point) => point.kv * 100) }]}
        show={(value) => `${Math.round(value)} %`}
        most={100}
        times={times}
      />
      <Chart
        title="Prompt tokens/s"
        lines={[{ name: 'tokens/s', values: all.map((point) => point.promptTokensPerSecond) }]}
        show={rate}
        times={times}
      />
      <Chart
        title="Time to the first token"
        lines={[{ name: 'first token', values: all.map((point) => point.firstToken) }]}
        show={millis}
        times={times}
      />
      <Chart
        title="Time between tokens"
        lines={[{ name: 'between tokens', values: all.map((point) => point.betweenTokens) }]}
        show={millis}
        times={times}
      />
      <p class="note">{it.sequence_context_size > 0 && `Each answer has ${count(it.sequence_context_size)} tokens, its prompt included.`}</p>
    </div>
  );
}

/** A table that scrolls on narrow screens. */
function Table(props: {
  label: string;
  kind: string;
  columns: readonly string[];
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={props.label}>
      <table class={props.kind}>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}

function LatencyRow({ name, latency }: { name: string; latency: Latency }): JSX.Element {
  const cell = (value: number) => <td>{latency.count > 0 ? millis(value) : '–'}</td>;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{count(latency.count)}</td>
      {cell(latency.count > 0 ? latency.total_ms / latency.count : 0)}
      {cell(latency.p50_ms)}
      {cell(latency.p90_ms)}
      {cell(latency.p99_ms)}
      {cell(latency.max_ms)}
    </tr>
  );
}

function Latencies({ engine: it }: { engine: EngineState }): JSX.Element {
  return (
    <section>
      <h2>Latencies since the start</h2>
      <Table label="Latencies" kind="figures" columns={['of', 'count', 'mean', 'p50', 'p90', 'p99', 'longest']}>
        <LatencyRow name="Waiting in the queue" latency={it.queue_time} />
        <LatencyRow name="First token" latency={it.first_token} />
        <LatencyRow name="Between tokens" latency={it.between_tokens} />
        <LatencyRow name="Whole answer" latency={it.end_to_end} />
        <LatencyRow name="Step" latency={it.step_time} />
      </Table>
    </section>
  );
}

function Requests({ requests }: { requests: readonly RequestState[] }): JSX.Element {
  return (
    <section>
      <h2>Requests</h2>
      {requests.length === 0 ? (
        <p class="note">None yet. Those of this key are shown, without their texts.</p>
      ) : (
        <Table
          label="Requests"
          kind="figures requests"
          columns={['Began', 'Path', 'Model', 'State', 'Time', 'Prompt', 'Cached', 'Generated', 'Id']}
        >
          {requests.map((request) => (
            <tr key={request.id}>
              <td>{new Date(request.began).toLocaleTimeString()}</td>
              <td>{request.path}</td>
              <td>{request.model ?? '–'}</td>
              <td>
                <span class={`state ${request.state} status-${request.status ?? ''}`}>
                  {request.state === 'ended' ? (request.status === '200' ? 'done' : request.status) : request.state}
                </span>
              </td>
              <td>{request.seconds < 60 ? millis(request.seconds * 1000) : duration(request.seconds)}</td>
              <td>{count(request.prompt_tokens)}</td>
              <td>{count(request.cached_tokens)}</td>
              <td>{count(request.generated_tokens)}</td>
              <td class="id" title={request.id}>
                {request.id.slice(0, 12)}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
