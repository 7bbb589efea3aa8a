/** Alerts, signal quality and variability, out of their protobuf bodies. */
import { type Millis, nanos, toMillis } from "../time/units";
import {
  type Alert as AlertMessage,
  AlertSeverity,
  AlertState,
  type SignalQuality as QualityMessage,
} from "./gen/signalstream/v1/events_pb";

export type Severity = "low" | "medium" | "high";

/** Something that wants somebody's attention; its fingerprint is the same in all its states. */
export interface Alert {
  readonly kind: "alert";
  readonly name: string;
  readonly state: "raised" | "cleared" | "acknowledged";
  readonly severity: Severity;
  readonly startMs: Millis;
  /** Undefined while it lasts. */
  readonly endMs: Millis | undefined;
  readonly evidence: string;
  readonly fingerprint: string;
  /** The user's rule that it comes from. */
  readonly rule?: string;
  /** That rule's name. */
  readonly title?: string;
  readonly acknowledgedBy?: string;
}

/** How far a second of one lead can be trusted. */
export interface LeadQuality {
  readonly index: number;
  readonly leadOff: boolean;
  readonly flat: boolean;
  readonly saturated: boolean;
  readonly noise: boolean;
}

/** How far the last second can be trusted; the index is the best lead's. */
export interface SignalQuality {
  readonly kind: "signalQuality";
  readonly index: number;
  readonly leads: readonly LeadQuality[];
}

export interface Variability {
  readonly kind: "variability";
  readonly rmssdMs: number;
  readonly sdnnMs: number;
  readonly pnn50Percent: number;
  readonly nnCount: number;
  readonly spanS: number;
}

export function alertOf(alert: AlertMessage): Alert {
  const { name, evidence, fingerprint, rule, title, acknowledgedBy } = alert;
  return {
    kind: "alert",
    name,
    state: states[alert.state],
    severity: severities[alert.severity],
    startMs: toMillis(nanos(alert.startNs)),
    endMs: alert.endNs === 0n ? undefined : toMillis(nanos(alert.endNs)),
    evidence,
    fingerprint,
    ...(rule !== "" && { rule }),
    ...(title !== "" && { title }),
    ...(acknowledgedBy !== "" && { acknowledgedBy }),
  };
}

export const qualityOf = ({ index, leads }: QualityMessage): SignalQuality => ({
  kind: "signalQuality",
  index,
  leads: leads.map(({ index, leadOff, flat, saturated, noise }) => ({ index, leadOff, flat, saturated, noise })),
});

/** What is not known to be over stands. */
const states: Readonly<Record<AlertState, Alert["state"]>> = {
  [AlertState.UNSPECIFIED]: "raised",
  [AlertState.RAISED]: "raised",
  [AlertState.CLEARED]: "cleared",
  [AlertState.ACKNOWLEDGED]: "acknowledged",
};

const severities: Readonly<Record<AlertSeverity, Severity>> = {
  [AlertSeverity.UNSPECIFIED]: "medium",
  [AlertSeverity.LOW]: "low",
  [AlertSeverity.MEDIUM]: "medium",
  [AlertSeverity.HIGH]: "high",
};
