import type { Millis } from "../../time/units";
import type { Replica } from "../../wire/systemState";
import { countText, durationText } from "../shell/texts";
import { columnsOf, lagText } from "./columns";
import type { Mark } from "./letters";

interface TableProps {
  readonly service: string;
  readonly replicas: readonly Replica[];
  readonly marks: ReadonlyMap<string, Mark>;
  /** By the gateway's clock. */
  readonly now: Millis;
  /** The gateway that this page talks to. */
  readonly own: string;
}

/** One row a replica, with the figures that its service has. */
export function ReplicaTable({ service, replicas, marks, now, own }: TableProps) {
  const columns = columnsOf(service, replicas);
  return (
    <div class="sheet replicas">
      <table>
        <thead>
          <tr>
            <th scope="col">Replica</th>
            <th scope="col">State</th>
            {columns.partitions && <th scope="col">Partitions</th>}
            {columns.lag && <th scope="col">Lag</th>}
            <th scope="col">{columns.messages}</th>
            <th scope="col">Streams</th>
            {columns.viewers && <th scope="col">Viewers</th>}
            <th scope="col">Up for</th>
            <th scope="col">Version</th>
          </tr>
        </thead>
        <tbody>
          {replicas.map((replica) => (
            <tr key={replica.instance} data-replica={replica.instance} data-life={replica.isMissed ? "missed" : "live"}>
              <th scope="row">
                <MarkBox mark={columns.partitions ? marks.get(replica.instance) : undefined} />
                {replica.instance}
                {replica.instance === own && <small> this page's</small>}
                <small class="where">
                  {replica.host}, process {replica.processId}
                </small>
              </th>
              <td class="life">{lifeText(replica)}</td>
              {columns.partitions && <td data-testid="shared">{sharedText(replica)}</td>}
              {columns.lag && <td data-testid="lag">{replica.isMissed ? "–" : lagText(replica.lagSeconds)}</td>}
              <td data-testid="rate">{countText(replica.messagesPerSecond)}</td>
              <td>{countText(replica.streams)}</td>
              {columns.viewers && <td data-testid="viewers">{countText(replica.viewers)}</td>}
              <td>{durationText(now - replica.startedMs)}</td>
              <td>{replica.version}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const MarkBox = ({ mark }: { readonly mark: Mark | undefined }) =>
  mark ? (
    <span class="cell" data-state="live" data-colour={mark.colour}>
      {mark.letter}
    </span>
  ) : null;

const lifeText = ({ isMissed, heardMsAgo }: Replica): string =>
  isMissed ? `silent for ${durationText(heardMsAgo)}` : "live";

const sharedText = ({ isMissed, live, partitions }: Replica): string =>
  isMissed ? "–" : live.length === partitions.length ? `${live.length}` : `${live.length} of ${partitions.length}`;
