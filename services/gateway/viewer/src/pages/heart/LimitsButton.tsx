import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { reasonOf } from "../../session/ask";
import { type Limits, type LimitsInForce, readLimits, removeLimits, writeLimits } from "../../session/limits";
import { NumberField } from "../shell/EditDialog";
import { textsIn } from "../shell/form";

const FIELDS = [
  { key: "tachycardiaBpm", label: "Tachycardia above", unit: "/min", min: 60, max: 300 },
  { key: "bradycardiaBpm", label: "Bradycardia below", unit: "/min", min: 15, max: 120 },
  { key: "asystoleS", label: "Asystole after", unit: "s", min: 2, max: 10 },
] as const;

const froms = { stream: "this stream's own", default: "set for all streams", "built-in": "built in" } as const;

/** The alarm limits of a stream, in a dialog. */
export function LimitsButton({ stream, label }: { readonly stream: string; readonly label: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const limits = useSignal<LimitsInForce | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const keep = async (ask: Promise<LimitsInForce>): Promise<void> => {
    try {
      limits.value = await ask;
      problem.value = undefined;
    } catch (error) {
      problem.value = reasonOf(error);
    }
  };
  const open = () => {
    limits.value = undefined;
    void keep(readLimits(stream));
    dialog.current?.showModal();
  };
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    await keep(writeLimits(stream, limitsIn(event.currentTarget as HTMLFormElement)));
    if (problem.value === undefined) dialog.current?.close();
  };
  return (
    <>
      <button type="button" class="limits" data-testid="limits" aria-label={`Alarm limits of ${label}`} onClick={open}>
        limits
      </button>
      <dialog ref={dialog} class="picker form-dialog" aria-label={`Alarm limits of ${label}`}>
        <form onSubmit={(event) => void save(event)}>
          <h3>Alarm limits of {label}</h3>
          {limits.value && <Fields key={limits.value.from} limits={limits.value} />}
          {limits.value && <p class="none">Now {froms[limits.value.from]}.</p>}
          {problem.value !== undefined && (
            <p class="problem" role="alert" data-testid="limits-problem">
              {problem.value}
            </p>
          )}
          <p>
            <button type="submit">Set</button>
            <button type="button" onClick={() => void keep(removeLimits(stream))}>
              As for all
            </button>
            <button type="button" onClick={() => dialog.current?.close()}>
              Close
            </button>
          </p>
        </form>
      </dialog>
    </>
  );
}

const Fields = ({ limits }: { readonly limits: Limits }) =>
  FIELDS.map(({ key, ...field }) => <NumberField key={key} name={key} value={limits[key]} {...field} />);

function limitsIn(form: HTMLFormElement): Limits {
  const text = textsIn(form);
  const of = (key: (typeof FIELDS)[number]["key"]): number => Number(text(key));
  return { tachycardiaBpm: of("tachycardiaBpm"), bradycardiaBpm: of("bradycardiaBpm"), asystoleS: of("asystoleS") };
}
