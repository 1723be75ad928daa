import type { ComponentChildren } from "preact";

interface PageProps {
  title: ComponentChildren;
  /** Above the title: where one is. */
  above?: ComponentChildren;
  /** Beside the title. */
  actions?: ComponentChildren;
  /** Below the title, a sentence. */
  lead?: ComponentChildren;
  children: ComponentChildren;
}

/** The frame of each page; its title takes the focus when one comes to it. */
export function Page({ title, above, actions, lead, children }: PageProps) {
  return (
    <>
      <header class="page">
        <div>
          {above && <div class="above">{above}</div>}
          <h1 id="title" tabIndex={-1}>
            {title}
          </h1>
          {lead && <p class="lead">{lead}</p>}
        </div>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}
