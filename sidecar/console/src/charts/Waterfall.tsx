import type { Attempt } from "../api.ts";

export const Waterfall = (_: { attempt: Attempt; scaleMs: number }) => null;
export const Legend = () => null;
