import type { KnownAlert } from "../../session/alertBook";
import type { LiveStream } from "../../session/liveStream";
import type { Millis } from "../../time/units";
import type { Anomaly } from "../../wire/latency";
import { kindOf } from "../../wire/streamInfo";
import { alarmName, signs } from "../shell/alarmTexts";
import { session, textClock } from "../shell/app";
import { clockText, durationText } from "../shell/texts";

const SHOWN = 40;

interface Incident {
  readonly key: string;
  readonly stream: string;
  readonly name: string;
  readonly reason: string;
  readonly startMs: Millis;
  readonly endMs: Millis | undefined;
}

/** Alerts and anomalies of the network, the newest first, each with its reason. */
export function Incidents({ streams }: { readonly streams: readonly LiveStream[] }) {
  const labels = new Map(streams.map(({ name, info }) => [name, info.value?.label ?? name]));
  const found = [
    ...session.alerts.all.value.filter(({ stream }) => kindOf(stream) === "net").map(ofAlert),
    ...streams.flatMap(({ name, line }) => line.anomalies.value.map((anomaly) => ofAnomaly(name, anomaly))),
  ].sort((a, b) => b.startMs - a.startMs);
  return (
    <aside class="incidents" aria-label="Alerts and anomalies">
      <h2>Alerts and anomalies</h2>
      {found.length === 0 && <p class="none">None is known.</p>}
      <ul data-testid="incidents">
        {found.slice(0, SHOWN).map((incident) => (
          <Row key={incident.key} incident={incident} label={labels.get(incident.stream) ?? incident.stream} />
        ))}
      </ul>
      {found.length > SHOWN && <p class="none">and {found.length - SHOWN} earlier ones</p>}
    </aside>
  );
}

function Row({ incident, label }: { readonly incident: Incident; readonly label: string }) {
  void textClock.value;
  const { name, reason, startMs, endMs } = incident;
  const length = durationText((endMs ?? session.gatewayNow()) - startMs);
  return (
    <li data-incident={incident.stream} data-over={endMs !== undefined}>
      <b>{name}</b> {label}
      <time>
        {clockText(startMs)}, {endMs === undefined ? `for ${length}, lasts` : length}
      </time>
      <span class="evidence">{reason}</span>
    </li>
  );
}

const ofAlert = (alert: KnownAlert): Incident => ({
  key: alert.fingerprint,
  stream: alert.stream,
  name: `${signs[alert.severity]} ${alarmName(alert)}`,
  reason: alert.evidence,
  startMs: alert.startMs,
  endMs: alert.state === "cleared" ? (alert.endMs ?? alert.startMs) : undefined,
});

const ofAnomaly = (stream: string, { metric, form, startMs, endMs, reason }: Anomaly): Incident => ({
  key: `${stream} ${metric} ${startMs}`,
  stream,
  name: `~ ${form}`,
  reason,
  startMs,
  endMs,
});
