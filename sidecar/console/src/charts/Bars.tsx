export interface Bucket {
  at: string;
  succeeded: number;
  failed: number;
  retrying: number;
}

export const Bars = (_: { buckets: Bucket[]; label: string; height?: number }) => null;
