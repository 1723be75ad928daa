import type { ComponentChildren } from "preact";
import { param, patchQuery } from "../address.ts";
import type { PageOf } from "../api.ts";
import type { Read } from "../query.ts";
import { count } from "../words.ts";
import { Icon } from "./Icon.tsx";
import { Failure, Skeleton, Stale } from "./states.tsx";

export interface Column<T> {
  head: ComponentChildren;
  cell: (row: T) => ComponentChildren;
  /** `num` right and tabular, `wide` takes what is left, `tight` never wraps. */
  class?: string;
}

/** Chosen rows, kept while one looks at another page. */
export interface Selection {
  chosen: ReadonlySet<string>;
  set: (chosen: ReadonlySet<string>) => void;
  /** What a row's box is called. */
  label: (key: string) => string;
}

interface ListProps<T> {
  read: Read<PageOf<T>>;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  caption: string;
  /** Nothing at all. */
  empty: ComponentChildren;
  /** Nothing that matches; shown where `filtered`. */
  noMatch?: ComponentChildren;
  filtered?: boolean;
  selection?: Selection | undefined;
  rowClass?: (row: T) => string | undefined;
  /** Below the rows, before the pages. */
  after?: ComponentChildren;
  /** The query parameter that has the page. */
  cursorName?: string;
}

/** How one came to a page, so that one can go back a page. */
const before = new Map<string, string | null>();

export function List<T>(props: ListProps<T>) {
  const { read, columns, rowKey, caption, selection, cursorName = "cursor" } = props;
  const page = read.data;
  const cursor = param(cursorName);
  if (!page) return read.error ? <Failure error={read.error} retry={read.reload} /> : <Skeleton rows={8} />;

  const keys = page.items.map(rowKey);
  const allChosen = keys.length > 0 && keys.every((key) => selection?.chosen.has(key));
  const someChosen = keys.some((key) => selection?.chosen.has(key));
  const toggle = (these: string[], on: boolean) => {
    const next = new Set(selection?.chosen);
    for (const key of these) on ? next.add(key) : next.delete(key);
    selection?.set(next);
  };
  const nothing = page.items.length === 0 && !cursor && !page.searchedTo;

  return (
    <div class="list" data-old={read.error ? true : undefined} aria-busy={read.loading}>
      <Stale read={read} />
      {nothing ? (
        props.filtered && props.noMatch ? (
          props.noMatch
        ) : (
          props.empty
        )
      ) : (
        <>
          {page.items.length > 0 && (
            <section class="scroll" aria-label={caption} tabIndex={0}>
              <table>
                <caption class="unseen">{caption}</caption>
                <thead>
                  <tr>
                    {selection && (
                      <th scope="col" class="box">
                        <input
                          type="checkbox"
                          aria-label="Select all rows of this page"
                          checked={allChosen}
                          ref={(box) => {
                            if (box) box.indeterminate = someChosen && !allChosen;
                          }}
                          onChange={(event) => toggle(keys, event.currentTarget.checked)}
                        />
                      </th>
                    )}
                    {columns.map((column, index) => (
                      <th key={index} scope="col" class={column.class}>
                        {column.head}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {page.items.map((row, index) => {
                    const key = keys[index] ?? "";
                    const chosen = selection?.chosen.has(key) ?? false;
                    return (
                      <tr key={key} class={props.rowClass?.(row)} data-chosen={chosen || undefined}>
                        {selection && (
                          <td class="box">
                            <input
                              type="checkbox"
                              aria-label={selection.label(key)}
                              checked={chosen}
                              onChange={(event) => toggle([key], event.currentTarget.checked)}
                            />
                          </td>
                        )}
                        {columns.map((column, at) => (
                          <td key={at} class={column.class}>
                            {column.cell(row)}
                          </td>
                        ))}
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            </section>
          )}
          {props.after}
          <nav class="pages" aria-label="Pages">
            <span class="fine">
              {page.items.length ? `${count(page.items.length)} on this page` : "Nothing on this page"}
            </span>
            {cursor && (
              <>
                <button type="button" class="small" onClick={() => patchQuery({ [cursorName]: null })}>
                  First page
                </button>
                {before.has(cursor) && (
                  <button
                    type="button"
                    class="small"
                    onClick={() => patchQuery({ [cursorName]: before.get(cursor) ?? null })}
                  >
                    <Icon name="left" /> Back a page
                  </button>
                )}
              </>
            )}
            {page.nextCursor && !props.after && (
              <button
                type="button"
                class="small"
                onClick={() => {
                  before.set(page.nextCursor ?? "", cursor);
                  patchQuery({ [cursorName]: page.nextCursor });
                  scrollTo(0, 0);
                }}
              >
                Next page <Icon name="right" />
              </button>
            )}
          </nav>
        </>
      )}
    </div>
  );
}
