import type { ComponentType } from "preact";
import { AlarmHead } from "./AlarmHead";
import { session } from "./app";
import { ConnectionBadge } from "./ConnectionBadge";
import { NotifyButton } from "./NotifyButton";
import { place } from "./place";

export interface Page {
  /** In the address. */
  readonly path: string;
  readonly title: string;
  readonly Body: ComponentType;
  /** What belongs to it in the header. */
  readonly Tools?: ComponentType;
}

/** The frame around every page. The first page is where an address without one leads. */
export function Shell({ pages }: { readonly pages: readonly [Page, ...Page[]] }) {
  const { Body, Tools, path } = pages.find((page) => page.path === place.value.page) ?? pages[0];
  return (
    <>
      <header class="top">
        <h1 class="brand">
          <Pulse />
          SignalStream
        </h1>
        {pages.length > 1 && <Navigation pages={pages} current={path} />}
        {Tools && <Tools />}
        <div class="status">
          <AlarmHead />
          <NotifyButton />
          <ConnectionBadge />
        </div>
      </header>
      {session.refusal.value !== undefined && <Refusal text={session.refusal.value} />}
      <main>
        <Body />
      </main>
    </>
  );
}

function Navigation({ pages, current }: { readonly pages: readonly Page[]; readonly current: string }) {
  return (
    <nav aria-label="Pages">
      {pages.map(({ path, title }) => (
        <a key={path} href={`#/${path}`} aria-current={path === current ? "page" : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}

function Refusal({ text }: { readonly text: string }) {
  const dismiss = () => {
    session.refusal.value = undefined;
  };
  return (
    <p class="refusal" role="alert">
      The gateway refused: {text}{" "}
      <button type="button" onClick={dismiss}>
        Dismiss
      </button>
    </p>
  );
}

const Pulse = () => (
  <svg viewBox="0 0 32 20" aria-hidden="true">
    <path d="M1 12h8l2-4 2 4h2l2-10 3 16 2-6h9" />
  </svg>
);
