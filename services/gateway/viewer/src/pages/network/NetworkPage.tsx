import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { LiveStream } from "../../session/liveStream";
import { readTargets, type TargetDefinition } from "../../session/targets";
import { kindOf } from "../../wire/streamInfo";
import { catalog, session } from "../shell/app";
import { Incidents } from "./Incidents";
import { byRegion, conditionSigns, type Line, type NetworkWord, networkWord } from "./lines";
import { spanShown, viewShown } from "./spans";
import { TargetCard } from "./TargetCard";
import { TargetDialog } from "./TargetDialog";
import "./network.css";

const KIND = "net";
const PATTERN = `${KIND}.*`;
const ID_AT = PATTERN.length - 1;

const wordSigns: Readonly<Record<NetworkWord, string>> = {
  unknown: conditionSigns.unknown,
  active: conditionSigns.up,
  degraded: conditionSigns.degraded,
  lost: conditionSigns.down,
};

type Shown = Line & { readonly stream: LiveStream };

/** Every target that is probed, by region, live. */
export function NetworkPage() {
  const edited = useSignal<ReadonlyMap<string, TargetDefinition>>(new Map());
  /** An id, "" for a new one; undefined: none. */
  const open = useSignal<string | undefined>(undefined);
  const read = async (): Promise<void> => {
    // Without the list there is nothing to edit; what is probed is shown all the same.
    edited.value = await readTargets().catch(() => edited.value);
  };
  useEffect(() => {
    session.watch([PATTERN]);
  }, []);
  useEffect(() => void read(), [catalog.streams.value]);
  // Until the session follows, it still watches what another page wanted.
  const watched = session.watched.value.filter(({ name }) => kindOf(name) === KIND);
  const lines = watched.filter(({ info }) => info.value !== undefined && info.value.life !== "ended").map(lineOf);
  const close = (isChanged: boolean) => {
    open.value = undefined;
    if (isChanged) void read();
  };
  return (
    <div class="network">
      <div class="network-main">
        <Head lines={lines} onAdd={() => (open.value = "")} />
        {lines.length === 0 && <p class="nothing">No target is probed yet.</p>}
        {byRegion(lines).map(([region, group]) => (
          <Region key={region} name={region} lines={group} edited={edited.value} onEdit={(id) => (open.value = id)} />
        ))}
      </div>
      <Incidents streams={lines.map(({ stream }) => stream)} />
      {open.value !== undefined && (
        <TargetDialog
          key={open.value}
          id={open.value || undefined}
          target={edited.value.get(open.value)}
          taken={[...edited.value.keys(), ...lines.map(({ stream }) => idOf(stream))]}
          onClose={close}
        />
      )}
    </div>
  );
}

function Head({ lines, onAdd }: { readonly lines: readonly Line[]; readonly onAdd: () => void }) {
  const isConnected = session.state.value.kind === "live";
  const word = isConnected ? networkWord(lines) : "unknown";
  return (
    <p class="network-word" data-word={word} role="status">
      <strong data-testid="network-word">
        <span aria-hidden="true">{wordSigns[word]}</span> network {word}
      </strong>
      <button type="button" data-testid="add-target" onClick={onAdd}>
        Add a target
      </button>
    </p>
  );
}

interface RegionProps {
  readonly name: string;
  readonly lines: readonly Shown[];
  readonly edited: ReadonlyMap<string, TargetDefinition>;
  readonly onEdit: (id: string) => void;
}

function Region({ name, lines, edited, onEdit }: RegionProps) {
  const [span, view] = [spanShown(), viewShown()];
  return (
    <section class="region" data-region={name} data-many={lines.length > 1}>
      <h2>{name || "no region"}</h2>
      <div class="targets">
        {lines.map(({ stream }) => {
          const id = idOf(stream);
          return (
            <TargetCard key={stream.name} stream={stream} span={span} view={view} onEdit={edited.has(id) ? () => onEdit(id) : undefined} />
          );
        })}
      </div>
    </section>
  );
}

const idOf = ({ name }: LiveStream): string => name.slice(ID_AT);

function lineOf(stream: LiveStream): Shown {
  const info = stream.info.value;
  return {
    stream,
    name: stream.name,
    region: info?.region ?? "",
    simulated: info?.simulated ?? false,
    condition: stream.line.state.value?.condition ?? "unknown",
  };
}
