export interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

export const asCurl = (_sent: Sent): string => "";
export const asHttpie = (_sent: Sent): string => "";
export const asHttpFile = (_sent: Sent): string => "";
