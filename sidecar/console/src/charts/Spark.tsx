export const Spark = (_: {
  minutes: { at: string; succeeded: number; failed: number; retries: number }[];
  label: string;
}) => null;
