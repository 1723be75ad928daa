import type { Attempt } from "../api.ts";

export const Compare = (_: { left: Attempt; right: Attempt }) => null;
