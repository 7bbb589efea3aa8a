import type { KnownAlert } from "../../session/alertBook";
import { alarmName, severityWords, signs } from "./alarmTexts";
import { session, textClock } from "./app";
import { durationText } from "./texts";

interface Props {
  readonly alert: KnownAlert;
  /** Whose it is, where that does not follow from its place. */
  readonly label?: string | undefined;
}

/** An alarm that stands: its priority as colour, sign and pace, its name, how long. */
export function AlarmChip({ alert, label }: Props) {
  void textClock.value;
  return (
    <span class="alarm" data-severity={alert.severity} data-alarm={alert.name} data-seen={alert.state === "acknowledged"} title={alert.evidence}>
      <b aria-label={severityWords[alert.severity]}>{signs[alert.severity]}</b> {label !== undefined && <span class="alarm-of">{label}: </span>}
      <span>{alarmName(alert)}</span> <small>{durationText(session.gatewayNow() - alert.startMs)}</small>
    </span>
  );
}
