import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { AlarmChip } from "./AlarmChip";
import { titleSign } from "./alarmTexts";
import { catalog, session } from "./app";

const TITLE = "SignalStream";

/** The most urgent alarm of all streams, in every page's head, and in the page's title for who looks elsewhere. */
export function AlarmHead() {
  useEffect(
    () =>
      effect(() => {
        document.title = titleSign(session.alerts.standing.value) + TITLE;
      }),
    [],
  );
  const [first, ...others] = session.alerts.standing.value;
  return (
    <a href="#/alerts" class="alarm-head" data-testid="alarm-head" role="alert">
      {first && <AlarmChip alert={first} label={labelOf(first.stream)} />}
      {others.length > 0 && <span title={`and ${others.length} more`}>+{others.length}</span>}
    </a>
  );
}

export const labelOf = (stream: string): string =>
  catalog.streams.value.find((info) => info.stream === stream)?.label ?? stream;
