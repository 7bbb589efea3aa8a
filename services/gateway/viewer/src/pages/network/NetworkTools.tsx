import { keepSetting, settingOf } from "../shell/place";

const MINUTES = [1, 5, 15, 60] as const;
const USUAL = 5;

const setting = settingOf("minutes");

/** How much time the charts show. */
export const spanMinutes = (): number => MINUTES.find((minutes) => String(minutes) === setting.value) ?? USUAL;

export const NetworkTools = () => (
  <div class="tools">
    <label>
      <span class="tool-name">Last</span>
      <select aria-label="Time shown" value={String(spanMinutes())} onChange={(event) => keepSetting("minutes", event.currentTarget.value)}>
        {MINUTES.map((minutes) => (
          <option key={minutes} value={String(minutes)}>
            {minutes} min
          </option>
        ))}
      </select>
    </label>
  </div>
);
