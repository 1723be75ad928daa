// Reads anew after something has happened, once a second at most: a busy endpoint tells of hundreds.
import { useEffect, useRef } from "preact/hooks";
import { type Happening, onEvent } from "./events.ts";

const EVERY_MS = 1000;

export function useSoonAfter(fits: (event: Happening) => boolean, act: () => void): void {
  const latest = useRef({ fits, act });
  latest.current = { fits, act };
  useEffect(() => {
    let timer = 0;
    const end = onEvent((event) => {
      if (event.kind !== "gap" && !latest.current.fits(event)) return;
      timer ||= setTimeout(() => {
        timer = 0;
        latest.current.act();
      }, EVERY_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, []);
}
