declare module "more:shared" {
  /** Modules of this file by their paths, for the second one. */
  export const shared: Record<string, unknown>;
  /** Of the second file's bytes. */
  export const hash: string;
}
