import { useEffect } from "preact/hooks";
import { catalog, session } from "../shell/app";
import { chosen, followChoice, offered } from "./choice";
import { isShown } from "./shown";
import { StreamRow } from "./StreamRow";
import "./heart.css";

/** From so many on, rows become tiles. */
const WALL = 7;

/** A bedside monitor: one row a stream. */
export function HeartPage() {
  useEffect(followChoice, []);
  // Until the session follows, it still watches what another page wanted.
  const watched = session.watched.value.filter(({ name }) => isShown(name, chosen.value));
  if (watched.length === 0) return <Nothing />;
  const isWall = watched.length >= WALL;
  return (
    <div class={isWall ? "monitor wall" : "monitor"} data-streams={watched.length}>
      {watched.map((stream) => (
        <StreamRow key={stream.name} stream={stream} isTile={isWall} />
      ))}
    </div>
  );
}

/** Why the page is empty. */
function Nothing() {
  return (
    <p class="nothing" data-testid="nothing">
      {reason()}
    </p>
  );
}

function reason(): string {
  if (catalog.problem.value !== undefined) return `The list of streams cannot be read: ${catalog.problem.value}.`;
  if (!catalog.isKnown.value) return "Asking the gateway for its streams …";
  if (chosen.value?.length === 0) return "No stream is chosen.";
  if (offered.value.length === 0) return "No ECG stream is there yet. This page shows the first ones by itself.";
  return "Subscribing …";
}
