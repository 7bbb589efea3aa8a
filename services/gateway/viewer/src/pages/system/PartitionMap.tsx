import type { Mark } from "./letters";
import { type Cell, summaryOf } from "./partitions";

interface MapProps {
  readonly cells: readonly Cell[];
  readonly marks: ReadonlyMap<string, Mark>;
}

/** One cell a partition: its owner's colour and letter; filled when it works on it. */
export const PartitionMap = ({ cells, marks }: MapProps) => (
  <div class="partitions" role="img" aria-label={summaryOf(cells)} data-testid="partitions">
    {cells.map((cell) => (
      <CellBox key={cell.partition} cell={cell} mark={marks.get(cell.owners[0] ?? "")} />
    ))}
  </div>
);

const WORDS = { live: "live", "catching-up": "catching up", nobody: "nobody's", contested: "claimed by several" } as const;

const CellBox = ({ cell, mark }: { readonly cell: Cell; readonly mark: Mark | undefined }) => (
  <span
    class="cell"
    data-state={cell.state}
    data-colour={mark?.colour}
    title={`Partition ${cell.partition}: ${[...cell.owners, WORDS[cell.state]].join(", ")}`}
  >
    {cell.state === "contested" ? "!" : (mark?.letter ?? "")}
  </span>
);
