// The settings of a conversation; what is empty is the model's or the server's default.
import type { JSX } from 'preact';
import type { Settings } from '../pure/request';
import { changeSettings, currentSettings } from '../state/conversations';
import { isSettingsOpen } from '../state/route';
import { IconButton } from './icons';

interface NumberSetting {
  readonly name: keyof Settings & string;
  readonly label: string;
  readonly min: number;
  readonly max?: number;
  readonly step: number;
  readonly hint: string;
}

const NUMBERS: readonly NumberSetting[] = [
  { name: 'temperature', label: 'Temperature', min: 0, max: 2, step: 0.1, hint: '0 takes the likeliest token' },
  { name: 'top_p', label: 'Top p', min: 0, max: 1, step: 0.05, hint: 'likeliest tokens up to this probability' },
  { name: 'top_k', label: 'Top k', min: 0, step: 1, hint: 'so many likeliest tokens; 0 for all' },
  { name: 'min_p', label: 'Min p', min: 0, max: 1, step: 0.01, hint: 'relative to the likeliest token' },
  { name: 'repeat_penalty', label: 'Repeat penalty', min: 0, max: 2, step: 0.05, hint: '1 is none' },
  { name: 'presence_penalty', label: 'Presence penalty', min: -2, max: 2, step: 0.1, hint: '0 is none' },
  { name: 'frequency_penalty', label: 'Frequency penalty', min: -2, max: 2, step: 0.1, hint: '0 is none' },
  { name: 'max_tokens', label: 'Most tokens', min: 1, step: 1, hint: 'of an answer' },
  { name: 'seed', label: 'Seed', min: 0, step: 1, hint: 'for the same answer again' },
];

export function SettingsPanel(): JSX.Element {
  const settings = currentSettings.value;
  return (
    <aside class="settings" aria-label="Settings">
      <div class="panel-head">
        <h2>Settings</h2>
        <IconButton icon="close" label="Close the settings" onClick={() => (isSettingsOpen.value = false)} />
      </div>
      <label>
        System prompt
        <textarea
          rows={4}
          value={settings.system ?? ''}
          onInput={(event) => changeSettings({ system: event.currentTarget.value })}
        />
      </label>
      <div class="numbers">
        {NUMBERS.map((setting) => (
          <NumberField key={setting.name} setting={setting} value={settings[setting.name] as number | undefined} />
        ))}
      </div>
      <label>
        Stop at
        <input
          value={(settings.stop ?? []).join(', ')}
          placeholder="texts, with commas between"
          onChange={(event) => changeSettings({ stop: texts(event.currentTarget.value) })}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={settings.thinking === 'off'}
          onChange={(event) => changeSettings({ thinking: event.currentTarget.checked ? 'off' : undefined })}
        />
        Answer without thinking first
      </label>
      <label>
        Tools
        <textarea
          rows={5}
          class="mono"
          spellcheck={false}
          placeholder={'[{"name": "weather", "parameters": {…}}]'}
          value={settings.tools ?? ''}
          onChange={(event) => changeSettings({ tools: event.currentTarget.value })}
        />
        <small>JSON as in OpenAI’s API. You are asked for what a tool results in.</small>
      </label>
      <button type="button" class="button" onClick={() => changeSettings(Object.fromEntries(Object.keys(settings).map((name) => [name, undefined])))}>
        Back to defaults
      </button>
    </aside>
  );
}

function texts(list: string): string[] | undefined {
  const all = list.split(',').map((text) => text.trim()).filter((text) => text !== '');
  return all.length > 0 ? all : undefined;
}

function NumberField({ setting, value }: { setting: NumberSetting; value: number | undefined }): JSX.Element {
  const { name, label, min, max, step, hint } = setting;
  return (
    <label title={hint}>
      {label}
      <input
        type="number"
        inputMode="decimal"
        min={min}
        max={max}
        step={step}
        value={value ?? ''}
        placeholder="default"
        onChange={(event) => {
          const number = event.currentTarget.valueAsNumber;
          changeSettings({ [name]: Number.isNaN(number) ? undefined : number });
        }}
      />
      <span class="hidden">{hint}</span>
    </label>
  );
}
