export const ScheduleLine = (_: { gaps: readonly number[]; maxAttempts: number; label?: string }) => null;
