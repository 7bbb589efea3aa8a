import { useEffect, useState } from "preact/hooks";
import { SystemWatch } from "../../session/systemWatch";
import type { Service, SystemState } from "../../wire/systemState";
import { countedText } from "../shell/texts";
import { Letters } from "./letters";
import { PartitionMap } from "./PartitionMap";
import { cellsOf, summaryOf } from "./partitions";
import { ReplicaTable } from "./ReplicaTable";
import "./system.css";

const watch = new SystemWatch();

/** In the order of a signal's way; the producers share out their probes under a name of its own. */
const ORDER = ["producer", "probes", "processor", "predictor", "gateway"];

/** Which replicas there are, whose each partition is, and how far behind they are. */
export function SystemPage() {
  useEffect(watch.follow, []);
  const state = watch.state.value;
  if (!state) return <p class="nothing">{problemText() ?? "Asking the gateway what it hears …"}</p>;
  return (
    <div class="system">
      <p class="note" data-testid="nats">
        As heard by gateway {state.gateway}, whose NATS connection is {state.natsState}
        {state.natsVersion !== "" && ` (nats-server ${state.natsVersion})`}.
        {problemText() !== undefined && <span class="problem"> {problemText()}</span>}
      </p>
      {inOrder(state.services).map((service) => (
        <ServicePanel key={service.name} service={service} state={state} />
      ))}
    </div>
  );
}

function ServicePanel({ service, state }: { readonly service: Service; readonly state: SystemState }) {
  const [letters] = useState(() => new Letters());
  const marks = letters.of(service.replicas.map(({ instance }) => instance));
  const cells = cellsOf(service.replicas, state.partitions);
  const isShared = service.replicas.some(({ partitions }) => partitions.length > 0);
  const isWhole = cells.every((cell) => cell.state === "live");
  return (
    <section class="card service" data-service={service.name}>
      <h2>
        {service.name} <small>{countedText(service.replicas.length, "replica")}</small>
        {isShared && <small class={isWhole ? "" : "problem"} data-testid="summary">{summaryOf(cells)}</small>}
      </h2>
      {isShared && <PartitionMap cells={cells} marks={marks} />}
      <ReplicaTable service={service.name} replicas={service.replicas} marks={marks} now={state.timeMs} own={state.gateway} />
    </section>
  );
}

const problemText = (): string | undefined =>
  watch.problem.value === undefined ? undefined : `The gateway cannot be asked: ${watch.problem.value}.`;

function inOrder(services: readonly Service[]): readonly Service[] {
  const place = ({ name }: Service) => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);
  return [...services].sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}
