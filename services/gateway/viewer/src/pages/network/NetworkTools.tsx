import { keepSetting } from "../shell/place";
import { type ExportFormat, exportShown } from "./shown";
import { SPANS, spanShown, VIEWS, viewShown } from "./spans";

export const NetworkTools = () => (
  <div class="tools">
    <label>
      <select aria-label="Time shown" data-testid="span" value={spanShown().name} onChange={(event) => keepSetting("span", event.currentTarget.value)}>
        {SPANS.map(({ name, text }) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
    <label>
      <select aria-label="Form of the charts" data-testid="view" value={viewShown()} onChange={(event) => keepSetting("view", event.currentTarget.value)}>
        {VIEWS.map((view) => (
          <option key={view}>{view}</option>
        ))}
      </select>
    </label>
    <ExportButton format="csv" />
    <ExportButton format="json" />
  </div>
);

const ExportButton = ({ format }: { readonly format: ExportFormat }) => (
  <button type="button" class="export" aria-label={`Export what is shown as ${format.toUpperCase()}`} onClick={() => exportShown(format)}>
    ↓ {format.toUpperCase()}
  </button>
);
