import { signal } from "@preact/signals";

export const paletteOpen = signal(false);

export const Palette = () => null;
