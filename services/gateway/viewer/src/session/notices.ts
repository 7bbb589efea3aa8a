/** Which alerts are worth a notification on the desktop, each once. */
import { isStanding, type KnownAlert } from "./alertBook";

/** What began before the page opened was there to be seen, unless it has just begun. */
const FRESH_MS = 15_000;
const KEPT = 1_000;

/** Critical: of the highest severity, or a connection that is lost. */
export const isCritical = ({ severity, name }: KnownAlert): boolean => severity === "high" || name === "connection_lost";

export class Notices {
  readonly #told = new Set<string>();

  constructor(readonly openedMs: number) {}

  /** Of all that is known, what is to be told now. What is not wanted counts as told. */
  next(alerts: readonly KnownAlert[]): readonly KnownAlert[] {
    const due = alerts.filter(
      (alert) => isStanding(alert) && alert.state !== "acknowledged" && isCritical(alert) && !this.#told.has(alert.fingerprint),
    );
    for (const { fingerprint } of due) this.#told.add(fingerprint);
    for (const oldest of [...this.#told].slice(0, Math.max(0, this.#told.size - KEPT))) this.#told.delete(oldest);
    return due.filter(({ startMs }) => startMs >= this.openedMs - FRESH_MS);
  }
}
