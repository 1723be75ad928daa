declare module "samples:built" {
  export interface Sample {
    id: string;
    name: string;
    detail: string;
    file: string;
    run: string;
    install: string;
    /** The verification sample that belongs to it, or nothing. */
    verify: string;
    insecure: string;
    text: string;
  }
  export const samples: Sample[];
  export const verifies: { id: string; name: string; text: string }[];
}
