import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { covers } from "../../session/names";
import type { StreamInfo } from "../../wire/streamInfo";
import { catalog, session, textClock } from "../shell/app";
import { lifeText } from "../shell/texts";
import { choose, chosen, offered } from "./choice";
import { KIND } from "./shown";

/** The list of streams to choose from, a dialog of the browser's own. */
export function StreamPicker({ dialog }: { readonly dialog: RefObject<HTMLDialogElement> }) {
  const filter = useSignal("");
  const found = offered.value.filter((info) => matches(info, filter.value));
  return (
    <dialog ref={dialog} class="picker" aria-label="Choose streams">
      <form method="dialog">
        <input
          type="search"
          placeholder="Filter by name, label, source"
          aria-label="Filter"
          value={filter.value}
          onInput={(event) => (filter.value = event.currentTarget.value)}
        />
        <button type="button" onClick={() => choose([`${KIND}.*`])}>
          All, also later ones
        </button>
        <button type="button" onClick={() => choose([])}>
          None
        </button>
        <button type="submit">Done</button>
      </form>
      {catalog.problem.value !== undefined && <p class="problem">The list cannot be read: {catalog.problem.value}.</p>}
      <ul>
        {found.map((info) => (
          <Offer key={info.stream} info={info} />
        ))}
      </ul>
      {found.length === 0 && <p class="nothing">{filter.value === "" ? "There is no ECG stream." : "None matches."}</p>}
    </dialog>
  );
}

function Offer({ info }: { readonly info: StreamInfo }) {
  void textClock.value;
  const isShown = session.watched.value.some(({ name }) => name === info.stream);
  return (
    <li data-offer={info.stream} data-life={info.life}>
      <label>
        <input
          type="checkbox"
          checked={isShown}
          onChange={(event) => toggle(info.stream, event.currentTarget.checked)}
        />
        <span class="offer-label">{info.label}</span>
        {info.simulated && <span class="badge simulated">simulated</span>}
        <span class="offer-source">
          {info.stream} · {info.source} · {info.rateHz} Hz
        </span>
        <span class="offer-life">{lifeText(info, session.gatewayNow())}</span>
      </label>
    </li>
  );
}

/** Taking one out of a pattern leaves the others by name. */
function toggle(stream: string, isChosen: boolean): void {
  const shown = session.watched.value.map(({ name }) => name);
  if (isChosen) choose([...(chosen.value ?? shown).filter((want) => !covers(want, stream)), stream]);
  else choose(shown.filter((name) => name !== stream));
}

function matches({ stream, label, source, region }: StreamInfo, filter: string): boolean {
  const text = `${stream} ${label} ${source} ${region}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
