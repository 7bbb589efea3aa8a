import type { LiveStream } from "../../session/liveStream";
import type { Variability } from "../../wire/alert";
import type { Forecast, Interval } from "../../wire/event";

const FORECAST_LEVEL = 0.8;

/** What was found in the signal, beside its trace. */
export function Numbers({ stream }: { readonly stream: LiveStream }) {
  const { beat, forecast, variability } = stream.findings;
  const rrMs = beat.value?.value.rrMs ?? 0;
  const next = forecast.value?.value;
  const interval = intervalOf(next);
  return (
    <dl>
      <Small label="RR" testid="rr" text={rrMs > 0 ? `${Math.round(rrMs)} ms` : "--"} />
      <Small label="next RR" testid="forecast" text={nextText(next)} />
      <Small label={intervalName(interval)} testid="forecast-interval" text={intervalText(interval)} />
      <Small label="RMSSD, SDNN" testid="variability" text={variabilityText(variability.value?.value)} />
    </dl>
  );
}

/** Over at most five minutes; known from half a minute on. */
const variabilityText = (found: Variability | undefined): string =>
  found ? `${Math.round(found.rmssdMs)}, ${Math.round(found.sdnnMs)} ms` : "--";

function nextText(forecast: Forecast | undefined): string {
  return forecast ? `${Math.round(forecast.point)} ${forecast.unit}` : "--";
}

const intervalOf = (forecast: Forecast | undefined): Interval | undefined =>
  forecast?.intervals.find(({ level }) => Math.abs(level - FORECAST_LEVEL) < 0.005) ?? forecast?.intervals[0];

const intervalName = (interval: Interval | undefined): string =>
  `${Math.round(100 * (interval?.level ?? FORECAST_LEVEL))} % within`;

const intervalText = (interval: Interval | undefined): string =>
  interval ? `${Math.round(interval.low)}–${Math.round(interval.high)}` : "--";

interface SmallProps {
  readonly label: string;
  readonly testid: string;
  readonly text: string;
}

const Small = ({ label, testid, text }: SmallProps) => (
  <div>
    <dt>{label}</dt>
    <dd data-testid={testid}>{text}</dd>
  </div>
);
